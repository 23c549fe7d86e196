import Aggregation
import Telemetry

/// What a producer was told is stored: the sum of the world, against which the database is held.
struct Ledger: Sendable {
    static let meter: MeterName = "memory.usage"
    static let interval = Duration.seconds(10)

    /// The measures of each resource, by their times.
    private(set) var measures: [ResourceID: [Instant: Double]] = [:]

    /// The batch that a host sends in a tick: values are whole numbers, so that every sum is exact.
    static func batch(host: Int, tick: Int, start: Instant, resources: Int = 10) -> SampleBatch {
        let at = start + interval * tick
        return SampleBatch(
            host: HostName("host-\(host)"), epoch: 1, sequence: UInt64(tick), polledAt: at, interval: interval,
            meters: [BatchMeter(name: meter, kind: .gauge, unit: "MB")],
            resources: (0..<resources).map { number in
                BatchResource(
                    id: ResourceID("server-\(host)-\(number)"), type: "instance", projectID: "p", userID: "u",
                    attributes: tick % 10 == 0 ? [BatchAttribute("host", "host-\(host)")] : nil,
                    readings: [
                        BatchReading(meter: 0, value: Double((tick * 31 + host * 7 + number) % 1_000), offset: 0)
                    ])
            })
    }

    mutating func add(_ batch: SampleBatch) {
        for resource in batch.resources {
            for reading in resource.readings {
                measures[resource.id, default: [:]][batch.timestamp(of: reading)] = reading.value
            }
        }
    }

    /// The measures of a resource in order of time.
    func series(of resource: ResourceID) -> Measures {
        let points = (measures[resource] ?? [:]).sorted { $0.key < $1.key }
        return Measures(timestamps: points.map(\.key), values: points.map(\.value))
    }
}
