internal import Synchronization

/// A number that only rises: one atomic word.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    init() {}

    package func add(_ amount: Int = 1) {
        precondition(amount >= 0, "a counter never falls")
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    package var value: Int { count.load(ordering: .relaxed) }
}

/// A counter for each value of a closed set of labels.
package struct Counters<Labels: InstrumentLabels>: Sendable {
    private let counters: [Labels: Counter]

    init() {
        counters = Dictionary(uniqueKeysWithValues: Labels.allCases.map { ($0, Counter()) })
    }

    package subscript(labels: Labels) -> Counter {
        guard let counter = counters[labels] else { preconditionFailure("allCases has every value of a closed set") }
        return counter
    }
}
