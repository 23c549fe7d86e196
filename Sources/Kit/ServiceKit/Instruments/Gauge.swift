internal import Synchronization

/// A number that rises and falls: one atomic word.
package final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    init() {}

    package func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    package func set(_ value: Int) {
        set(Double(value))
    }

    package func set(_ value: Duration) {
        set(value / .seconds(1))
    }

    /// Adds a signed amount; concurrent additions all count.
    package func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// A gauge for each value of a closed set of labels.
package struct Gauges<Labels: InstrumentLabels>: Sendable {
    private let gauges: [Labels: Gauge]

    init() {
        gauges = Dictionary(uniqueKeysWithValues: Labels.allCases.map { ($0, Gauge()) })
    }

    package subscript(labels: Labels) -> Gauge {
        guard let gauge = gauges[labels] else { preconditionFailure("allCases has every value of a closed set") }
        return gauge
    }
}
