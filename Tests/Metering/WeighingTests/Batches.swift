import Telemetry

/// Batches as a collector would send them, with what a test cares about.
struct ScriptedHost {
    var name: HostName = "compute-7"
    var epoch: UInt64 = 1
    var sequence: UInt64 = 0
    /// Seconds since 2026-11-23T21:00:00Z.
    var second = 0.0
    var interval = Duration.seconds(10)

    static let start = Instant("2026-11-23T21:00:00Z") ?? Instant(seconds: 0)

    typealias Readings = [(
        resource: String, type: String, attributes: [(String, String)], readings: [(String, Double)]
    )]

    mutating func batch(_ resources: Readings) -> SampleBatch {
        defer { sequence += 1 }
        var meters: [BatchMeter] = []
        let batchResources = resources.map { resource in
            let readings = resource.readings.map { name, value in
                meters.append(BatchMeter(name: MeterName(name), kind: .gauge, unit: ""))
                return BatchReading(meter: meters.count - 1, value: value, offset: 0)
            }
            return BatchResource(
                id: ResourceID(resource.resource), type: ResourceType(resource.type), projectID: nil, userID: nil,
                attributes: resource.attributes.map { BatchAttribute($0.0, $0.1) }, readings: readings)
        }
        let polledAt = Self.start + .nanoseconds(Int64(second * 1e9))
        return SampleBatch(
            host: name, epoch: epoch, sequence: sequence, polledAt: polledAt, interval: interval, meters: meters,
            resources: batchResources)
    }

    /// A batch of the host alone.
    mutating func batch(_ readings: [(String, Double)]) -> SampleBatch {
        batch([(name.text, "host", [], readings)])
    }
}
