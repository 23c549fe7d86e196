package import Telemetry

/// Packs what polls read into numbered batches.
///
/// Owns the collector's incarnation and sequence, and when each resource's attributes were last sent: they go out when they
/// changed and in every tenth batch of their source, so that a reader that starts late knows them soon.
package struct BatchPacking: Sendable {
    private let host: HostName
    private let epoch: UInt64
    private var sequence: UInt64 = 0
    private var sent: [String: [ResourceID: SentAttributes]] = [:]

    /// Attributes go out in every batch of this number.
    package static let attributeInterval = 10
    /// Larger polls are cut into several batches: at ten bytes a sample, half of what a broker takes in one message.
    package static let samplesPerBatch = 50_000

    private struct SentAttributes {
        let attributes: [BatchAttribute]
        var batchesAgo: Int
    }

    /// One poll of one source.
    package struct Poll: Sendable {
        package let source: String
        package let interval: Duration
        package let polledAt: Instant
        package let resources: [PolledResource]
        /// False for a poll of some servers only, after which the others are not forgotten.
        package let isComplete: Bool

        package init(
            source: String, interval: Duration, polledAt: Instant, resources: [PolledResource], isComplete: Bool = true
        ) {
            self.source = source
            self.interval = interval
            self.polledAt = polledAt
            self.resources = resources
            self.isComplete = isComplete
        }
    }

    package init(host: HostName, epoch: UInt64) {
        self.host = host
        self.epoch = epoch
    }

    /// The batches of a poll: none for an empty one.
    package mutating func batches(_ poll: Poll) -> [SampleBatch] {
        var batches: [SampleBatch] = []
        var contents = Contents(polledAt: poll.polledAt)
        for resource in poll.resources {
            if contents.sampleCount + resource.readings.count > Self.samplesPerBatch, contents.sampleCount > 0 {
                batches.append(batch(contents, of: poll))
                contents = Contents(polledAt: poll.polledAt)
            }
            contents.append(resource, attributes: attributesToSend(of: resource, source: poll.source))
        }
        if contents.sampleCount > 0 { batches.append(batch(contents, of: poll)) }
        if poll.isComplete {
            let present = Set(poll.resources.map(\.id))
            sent[poll.source] = sent[poll.source]?.filter { present.contains($0.key) }
        }
        return batches
    }

    /// Forgets all sources but these.
    package mutating func keep(sources: Set<String>) {
        sent = sent.filter { sources.contains($0.key) }
    }

    private mutating func batch(_ contents: Contents, of poll: Poll) -> SampleBatch {
        defer { sequence += 1 }
        return SampleBatch(
            host: host, epoch: epoch, sequence: sequence, polledAt: poll.polledAt, interval: poll.interval,
            meters: contents.meters, resources: contents.resources)
    }

    private mutating func attributesToSend(of resource: PolledResource, source: String) -> [BatchAttribute]? {
        let known = sent[source]?[resource.id]
        let isDue =
            known.map { $0.attributes != resource.attributes || $0.batchesAgo + 1 >= Self.attributeInterval } ?? true
        sent[source, default: [:]][resource.id] = SentAttributes(
            attributes: resource.attributes, batchesAgo: isDue ? 0 : (known?.batchesAgo ?? 0) + 1)
        return isDue ? resource.attributes : nil
    }

    /// A batch in the making.
    private struct Contents {
        let polledAt: Instant
        var meters: [BatchMeter] = []
        var resources: [BatchResource] = []
        var sampleCount = 0
        private var indices: [BatchMeter: Int] = [:]

        init(polledAt: Instant) {
            self.polledAt = polledAt
        }

        mutating func append(_ resource: PolledResource, attributes: [BatchAttribute]?) {
            let readings = resource.readings.map { reading in
                BatchReading(
                    meter: index(of: reading.meter), value: reading.value,
                    offset: (reading.timestamp - polledAt).nanoseconds)
            }
            sampleCount += readings.count
            resources.append(
                BatchResource(
                    id: resource.id, type: resource.type, projectID: resource.projectID, userID: resource.userID,
                    attributes: attributes, readings: readings))
        }

        private mutating func index(of meter: BatchMeter) -> Int {
            if let index = indices[meter] { return index }
            indices[meter] = meters.count
            meters.append(meter)
            return meters.count - 1
        }
    }
}
