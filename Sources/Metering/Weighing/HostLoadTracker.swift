package import Telemetry

/// The load of one host over its ticks: a pure value, no clock and no I/O.
package struct HostLoadTracker: Sendable {
    private let timeConstant: Duration
    private var last: (epoch: UInt64, sequence: UInt64, at: Instant)?
    private var rates = CounterRates()
    private var physical: Set<ResourceID> = []
    private var figures: [HostLoadFigure: Smoothed] = [:]

    package init(timeConstant: Duration) {
        self.timeConstant = timeConstant
    }

    /// When the last tick was.
    package var lastTickAt: Instant? { last?.at }

    /// Takes the next batch of the host and gives its load then.
    ///
    /// Nil for a batch without the host's own meters, and for one that is not newer than the last. A figure that this tick
    /// can't give is absent from the record; its past is kept and blended in by age when it comes back.
    package mutating func step(_ batch: SampleBatch) -> HostLoad? {
        guard let tick = HostTick(batch), isNewer(batch) else { return nil }
        if let last, tick.at <= last.at {
            // The host's clock was set back; nothing before this can be compared with what follows.
            rates.reset()
            figures = [:]
        }
        last = (batch.epoch, batch.sequence, tick.at)
        for (interface, isPhysical) in tick.interfaces {
            if isPhysical { physical.insert(interface) } else { physical.remove(interface) }
        }
        let measured = measure(tick, rates.rates(of: tick.counters))
        var smoothed: [HostLoadFigure: Double] = [:]
        for (figure, value) in measured {
            figures[figure, default: Smoothed()].add(value, at: tick.at, timeConstant: timeConstant)
            smoothed[figure] = figures[figure]?.value
        }
        return HostLoad(
            host: batch.host, tickAt: tick.at, interval: batch.interval, smoothing: timeConstant, figures: smoothed)
    }

    private func isNewer(_ batch: SampleBatch) -> Bool {
        guard let last else { return true }
        return (batch.epoch, batch.sequence) > (last.epoch, last.sequence)
    }

    private func measure(_ tick: HostTick, _ rates: [CounterRates.Key: Double]) -> [HostLoadFigure: Double] {
        var measured: [HostLoadFigure: Double] = [:]
        let sums = Dictionary(grouping: rates, by: \.key.meter).mapValues { $0.map(\.value).reduce(0, +) }
        measureProcessors(sums, into: &measured)
        measureMemory(tick.gauges, into: &measured)
        if let read = sums[.blocksIn], let written = sums[.blocksOut] {
            measured[.diskBytesPerSecond] = (read + written) * Self.blockSize
        }
        // Milliseconds of work in a second are a tenth of its percentage; a late reading may make it a little over 100.
        let busiest = rates.filter { $0.key.meter == .diskBusyTime }.map(\.value).max()
        measured[.diskBusyPercent] = busiest.map { min($0 / 10, 100) }
        measured[.networkBytesPerSecond] = networkTraffic(rates)
        measured[.cpuPressurePercent] = sums[.pressureCPUTime].map(Self.percent)
        measured[.ioPressurePercent] = sums[.pressureIOTime].map(Self.percent)
        measured[.memoryPressurePercent] = sums[.pressureMemoryTime].map(Self.percent)
        measured[.temperatureCelsius] = tick.gauges[.temperature]?.values.max()
        measured[.powerWatts] = packagePower(tick.gauges[.power])
        return measured
    }

    private func measureProcessors(_ rates: [HostLoadMeter: Double], into measured: inout [HostLoadFigure: Double]) {
        guard let idle = rates[.cpuIdle], let user = rates[.cpuUser], let system = rates[.cpuSystem] else { return }
        let optional: [HostLoadMeter] = [.cpuNice, .cpuInterrupt, .cpuSoftInterrupt, .cpuSteal]
        let busy = optional.reduce(user + system) { $0 + (rates[$1] ?? 0) }
        let total = busy + idle + (rates[.cpuWait] ?? 0)
        guard total > 0 else { return }
        measured[.cpuPercent] = busy / total * 100
        measured[.stealPercent] = rates[.cpuSteal].map { $0 / total * 100 }
    }

    private func measureMemory(
        _ gauges: [HostLoadMeter: [ResourceID: Double]], into measured: inout [HostLoadFigure: Double]
    ) {
        guard let total = gauges[.memoryTotal]?.values.first, let available = gauges[.memoryAvailable]?.values.first,
            total > 0
        else { return }
        measured[.memoryPercent] = max(0, total - available) / total * 100
    }

    /// Nil until a batch has told which interfaces are physical: the others count the same bytes again.
    private func networkTraffic(_ rates: [CounterRates.Key: Double]) -> Double? {
        let traffic = rates.filter { key, _ in
            (key.meter == .networkInBytes || key.meter == .networkOutBytes) && physical.contains(key.resource)
        }
        return traffic.isEmpty ? nil : traffic.values.reduce(0, +)
    }

    /// Packages alone, whose ids end in `intel-rapl:<n>`: their parts are counted in them.
    private func packagePower(_ zones: [ResourceID: Double]?) -> Double? {
        let packages = (zones ?? [:]).filter { zone, _ in
            zone.text.split(separator: ".").last?.split(separator: ":").count == 2
        }
        return packages.isEmpty ? nil : packages.values.reduce(0, +)
    }

    /// Microseconds of waiting in a second, as a percentage of it.
    private static func percent(_ microseconds: Double) -> Double { min(microseconds / 10_000, 100) }

    /// Bytes of a block of `hardware.system_stats.io.*`.
    private static let blockSize = 512.0
}
