/// What one collector read in one poll: the unit of work on the topic `samples`, keyed by host.
///
/// A batch explains itself: nothing in it refers to another batch, so that any one of them can be read, skipped or
/// replayed. `(host, epoch, sequence)` names it: a producer that sends a batch twice sends the same three, and a reader
/// that has seen a sequence of an epoch drops it. Wire format: `docs/specs/sample-batch.md`.
package struct SampleBatch: Hashable, Sendable {
    package let host: HostName
    /// The collector's incarnation: nanoseconds since 1970 when its sequence began.
    ///
    /// A later incarnation is greater.
    package let epoch: UInt64
    /// Rises by one with each batch of an epoch, from 0.
    package let sequence: UInt64
    /// When the poll began; readings carry their distance from it.
    package let polledAt: Instant
    /// How often this poll is repeated; what a reader needs in order to know when silence is a gap.
    package let interval: Duration
    /// The meters that the readings refer to by index.
    package let meters: [BatchMeter]
    package let resources: [BatchResource]

    package init(
        host: HostName, epoch: UInt64, sequence: UInt64, polledAt: Instant, interval: Duration, meters: [BatchMeter],
        resources: [BatchResource]
    ) {
        self.host = host
        self.epoch = epoch
        self.sequence = sequence
        self.polledAt = polledAt
        self.interval = interval
        self.meters = meters
        self.resources = resources
    }

    /// The number of readings of all resources.
    package var sampleCount: Int {
        resources.reduce(0) { $0 + $1.readings.count }
    }

    /// When a reading was taken.
    package func timestamp(of reading: BatchReading) -> Instant {
        polledAt + .nanoseconds(reading.offset)
    }
}

/// A meter of a batch: its name, how its readings follow one another, and its unit.
package struct BatchMeter: Hashable, Sendable {
    package let name: MeterName
    package let kind: MeterKind
    package let unit: String

    package init(name: MeterName, kind: MeterKind, unit: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
    }
}

/// A measured resource of a batch and its readings.
package struct BatchResource: Hashable, Sendable {
    package let id: ResourceID
    package let type: ResourceType
    /// The owner; nil where the resource belongs to the host itself.
    package let projectID: ProjectID?
    package let userID: UserID?
    /// Facts about the resource.
    ///
    /// Nil means "as in the last batch that had them": a collector sends them when they change
    /// and every so often, not each time. An empty list means that there are none.
    package let attributes: [BatchAttribute]?
    package let readings: [BatchReading]

    package init(
        id: ResourceID, type: ResourceType, projectID: ProjectID?, userID: UserID?, attributes: [BatchAttribute]?,
        readings: [BatchReading]
    ) {
        self.id = id
        self.type = type
        self.projectID = projectID
        self.userID = userID
        self.attributes = attributes
        self.readings = readings
    }
}

/// One named fact about a resource.
package struct BatchAttribute: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// One reading of a batch.
package struct BatchReading: Hashable, Sendable {
    /// The index of the meter in the batch's `meters`.
    package let meter: Int
    package let value: Double
    /// Nanoseconds from the batch's `polledAt` to the moment of the reading; may be negative.
    package let offset: Int64

    package init(meter: Int, value: Double, offset: Int64) {
        self.meter = meter
        self.value = value
        self.offset = offset
    }
}
