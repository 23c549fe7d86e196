internal import Telemetry

/// The cumulative readings of one host's last tick, against which the next tick's rates are computed.
struct CounterRates: Sendable {
    private var last: [Key: Reading] = [:]

    struct Key: Hashable, Sendable {
        let resource: ResourceID
        let meter: HostLoadMeter
    }

    struct Reading: Hashable, Sendable {
        let value: Double
        let at: Instant
    }

    /// The rise of each counter per second since its last reading.
    ///
    /// A counter that is new, fell (its source restarted) or has not moved in time has no rate. Counters that are not among
    /// the readings are forgotten.
    mutating func rates(of readings: [Key: Reading]) -> [Key: Double] {
        var rates: [Key: Double] = [:]
        for (key, reading) in readings {
            guard let earlier = last[key], reading.at > earlier.at, reading.value >= earlier.value else { continue }
            rates[key] = (reading.value - earlier.value) / ((reading.at - earlier.at) / .seconds(1))
        }
        last = readings
        return rates
    }

    /// Forgets everything: the next tick has no rates.
    mutating func reset() {
        last = [:]
    }
}
