internal import Synchronization

/// Counts observations per bucket; for latencies in seconds and sizes.
package final class Histogram: Sendable {
    let bounds: [Double]
    private let state: Mutex<State>

    struct State: Sendable {
        /// One count per bound and one for what lies above the last; not cumulative.
        var counts: [Int]
        var sum = 0.0
    }

    /// Upper bounds in seconds, from a database round trip to a request that someone gave up on.
    package static let latencyBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    init(bounds: [Double]) {
        precondition(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds rise")
        self.bounds = bounds
        self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    package func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    package func observe(_ duration: Duration) {
        observe(duration / .seconds(1))
    }

    func snapshot() -> State { state.withLock { $0 } }
}

/// A histogram for each value of a closed set of labels, all with the same bounds.
package struct Histograms<Labels: InstrumentLabels>: Sendable {
    private let histograms: [Labels: Histogram]

    init(bounds: [Double]) {
        histograms = Dictionary(uniqueKeysWithValues: Labels.allCases.map { ($0, Histogram(bounds: bounds)) })
    }

    package subscript(labels: Labels) -> Histogram {
        guard let histogram = histograms[labels] else {
            preconditionFailure("allCases has every value of a closed set")
        }
        return histogram
    }
}
