package import Telemetry

/// A resource with what one poll read of it, before it is packed into a batch.
package struct PolledResource: Hashable, Sendable {
    package let id: ResourceID
    package let type: ResourceType
    package let projectID: ProjectID?
    package let userID: UserID?
    package let attributes: [BatchAttribute]
    package var readings: [PolledReading]

    package init(
        id: ResourceID, type: ResourceType, projectID: ProjectID? = nil, userID: UserID? = nil,
        attributes: [BatchAttribute], readings: [PolledReading]
    ) {
        self.id = id
        self.type = type
        self.projectID = projectID
        self.userID = userID
        self.attributes = attributes
        self.readings = readings
    }
}

/// One reading of one meter.
package struct PolledReading: Hashable, Sendable {
    package let meter: BatchMeter
    package let value: Double
    package let timestamp: Instant

    package init(_ meter: BatchMeter, _ value: Double, at timestamp: Instant) {
        self.meter = meter
        self.value = value
        self.timestamp = timestamp
    }
}
