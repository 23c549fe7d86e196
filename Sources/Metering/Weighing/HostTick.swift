internal import Telemetry

/// What one batch says about the load of its host.
struct HostTick: Sendable {
    /// When the host itself was read.
    let at: Instant
    private(set) var counters: [CounterRates.Key: CounterRates.Reading] = [:]
    private(set) var gauges: [HostLoadMeter: [ResourceID: Double]] = [:]
    /// The interfaces whose kind the batch tells, with whether a device stands behind them.
    private(set) var interfaces: [ResourceID: Bool] = [:]

    /// Nil for a batch without the host itself: a poll of its guests alone says nothing about its load.
    init?(_ batch: SampleBatch) {
        guard let host = batch.resources.first(where: { $0.type == "host" }), let first = host.readings.first else {
            return nil
        }
        at = batch.timestamp(of: first)
        let meters = batch.meters.map { HostLoadMeter(rawValue: $0.name.text) }
        for resource in batch.resources where resource.type.text.hasPrefix("host") {
            take(resource, of: batch, meters)
        }
    }

    private mutating func take(_ resource: BatchResource, of batch: SampleBatch, _ meters: [HostLoadMeter?]) {
        if let physical = resource.attributes?.first(where: { $0.key == "physical" }) {
            interfaces[resource.id] = physical.value == "true"
        }
        for reading in resource.readings {
            guard let meter = meters[reading.meter] else { continue }
            if meter.isCounter {
                let key = CounterRates.Key(resource: resource.id, meter: meter)
                counters[key] = .init(value: reading.value, at: batch.timestamp(of: reading))
            } else {
                gauges[meter, default: [:]][resource.id] = reading.value
            }
        }
    }
}
