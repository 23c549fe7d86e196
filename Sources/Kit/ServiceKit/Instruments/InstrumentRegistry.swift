internal import Synchronization

/// Every instrument of the process, and their exposition.
///
/// A target declares its instruments in one struct in its `Instruments.swift`, whose `init(in:)` takes the registry. A name
/// can be declared once; names end in their unit, and counters in `_total`.
package final class InstrumentRegistry: Sendable {
    private let families = Mutex<[String: Family]>([:])

    private struct Family: Sendable {
        let kind: Exposition.Kind
        let help: String
        let write: @Sendable (inout Exposition.Samples) -> Void
    }

    package init() {}

    package func counter(_ name: String, help: String) -> Counter {
        let counter = Counter()
        declare(name, .counter, help) { $0.add(Double(counter.value)) }
        return counter
    }

    package func counters<Labels: InstrumentLabels>(
        _ name: String, help: String, by labels: Labels.Type
    ) -> Counters<Labels> {
        let counters = Counters<Labels>()
        declare(name, .counter, help) { samples in
            for labels in Labels.allCases { samples.add(Double(counters[labels].value), labels: labels.pairs) }
        }
        return counters
    }

    package func gauge(_ name: String, help: String) -> Gauge {
        let gauge = Gauge()
        declare(name, .gauge, help) { $0.add(gauge.value) }
        return gauge
    }

    package func gauges<Labels: InstrumentLabels>(
        _ name: String, help: String, by labels: Labels.Type
    ) -> Gauges<Labels> {
        let gauges = Gauges<Labels>()
        declare(name, .gauge, help) { samples in
            for labels in Labels.allCases { samples.add(gauges[labels].value, labels: labels.pairs) }
        }
        return gauges
    }

    package func histogram(_ name: String, help: String, bounds: [Double] = Histogram.latencyBounds) -> Histogram {
        let histogram = Histogram(bounds: bounds)
        declare(name, .histogram, help) { $0.add(histogram, labels: []) }
        return histogram
    }

    package func histograms<Labels: InstrumentLabels>(
        _ name: String, help: String, bounds: [Double] = Histogram.latencyBounds, by labels: Labels.Type
    ) -> Histograms<Labels> {
        let histograms = Histograms<Labels>(bounds: bounds)
        declare(name, .histogram, help) { samples in
            for labels in Labels.allCases { samples.add(histograms[labels], labels: labels.pairs) }
        }
        return histograms
    }

    package func keyedGauges(_ name: String, help: String, labels: [String], limit: Int) -> KeyedGauges {
        let gauges = KeyedGauges(labels: labels, limit: limit)
        declare(name, .gauge, help) { samples in
            for (key, value) in gauges.snapshot().values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                samples.add(value, labels: zip(labels, key).map { ($0, $1) })
            }
        }
        declareDropped(name) { gauges.snapshot().dropped }
        return gauges
    }

    package func keyedCounters(_ name: String, help: String, labels: [String], limit: Int) -> KeyedCounters {
        let counters = KeyedCounters(labels: labels, limit: limit)
        declare(name, .counter, help) { samples in
            for (key, value) in counters.snapshot().values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                samples.add(Double(value), labels: zip(labels, key).map { ($0, $1) })
            }
        }
        declareDropped(name.hasSuffix("_total") ? String(name.dropLast(6)) : name) { counters.snapshot().dropped }
        return counters
    }

    /// A gauge that is read when it is asked for; absent while the closure gives nil.
    package func readGauge(_ name: String, help: String, _ read: @escaping @Sendable () -> Double?) {
        declare(name, .gauge, help) { samples in if let value = read() { samples.add(value) } }
    }

    /// A counter that is kept elsewhere and read when it is asked for; absent while the closure gives nil.
    package func readCounter(_ name: String, help: String, _ read: @escaping @Sendable () -> Double?) {
        declare(name, .counter, help) { samples in if let value = read() { samples.add(value) } }
    }

    /// Everything in Prometheus' text format 0.0.4, families by name.
    package func exposition() -> String {
        var exposition = Exposition()
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            var samples = Exposition.Samples(name: name)
            family.write(&samples)
            exposition.add(name, family.kind, help: family.help, samples)
        }
        return exposition.text
    }

    private func declareDropped(_ name: String, _ read: @escaping @Sendable () -> Int) {
        declare(name + "_dropped_total", .counter, "Updates of \(name) that found its limit of series reached.") {
            $0.add(Double(read()))
        }
    }

    private func declare(
        _ name: String, _ kind: Exposition.Kind, _ help: String,
        _ write: @escaping @Sendable (inout Exposition.Samples) -> Void
    ) {
        families.withLock { families in
            precondition(families[name] == nil, "the instrument \(name) is declared twice")
            families[name] = Family(kind: kind, help: help, write: write)
        }
    }
}
