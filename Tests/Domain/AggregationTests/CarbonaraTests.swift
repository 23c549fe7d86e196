import Aggregation
import Foundation
import Telemetry
import Testing

/// Aggregates, rates and percentiles against Gnocchi's own code.
///
/// Equal means: each window within 1e-12 of the expected value. Where terms are added up, what the addition may round off
/// is allowed too: terms that cancel leave a sum whose error depends on them and not on the sum. For percentiles carbonara
/// finds a value's place by its number in the whole series, so that its weights are as coarse as such a number's last
/// place. Timestamps and the presence of each window are compared exactly.
@Suite("Folding gives what Gnocchi's carbonara gives")
struct CarbonaraTests {
    private static let tolerance = 1e-12

    @Test("for the recorded vectors")
    func recorded() throws {
        let vectors = try CarbonaraVectors.recorded()
        #expect(vectors.cases.count == 40)
        for vector in vectors.cases { try compare(vector, seed: vectors.seed) }
    }

    @Test(
        "for fresh random vectors",
        .enabled(if: ProcessInfo.processInfo.environment["NEPHO_TEST_GNOCCHI_PYTHON"] != nil))
    func live() throws {
        let python = try #require(ProcessInfo.processInfo.environment["NEPHO_TEST_GNOCCHI_PYTHON"])
        let vectors = try CarbonaraVectors.live(python: python, seed: Int.random(in: 0..<1_000_000), cases: 60)
        for vector in vectors.cases { try compare(vector, seed: vectors.seed) }
    }

    private func compare(_ vector: CarbonaraVectors.Case, seed: Int) throws {
        let kind = try #require(MeterKind(rawValue: vector.kind))
        let measures = vector.measures
        let differences = measures.differences(kind: kind)
        for fold in vector.folds {
            let width = try #require(fold.windowWidth)
            let methods = try fold.aggregates.keys.map { try #require(AggregationMethod($0)) }
            let windows = Folding(width: width, methods: methods, kind: kind).fold(measures)
            for method in methods {
                let found = try #require(windows.aggregates(method))
                let expected = try #require(fold.aggregates[method.description])
                let label = Comment(rawValue: "seed \(seed), \(vector.shape), \(width), \(method)")
                #expect(found.map(\.timestamp.nanoseconds) == expected.map(\.timestamp), label)
                let slack = (method.isRate ? differences : measures).rounding(of: method.statistic, width: width)
                for (ours, theirs) in zip(found, expected) {
                    let allowed = Self.tolerance * abs(theirs.value) + slack[ours.timestamp, default: 0]
                    guard abs(ours.value - theirs.value) > allowed else { continue }
                    Issue.record("\(label): \(ours) instead of \(theirs.value)")
                }
            }
        }
    }
}

extension Measures {
    /// What a statistic of each window may be off by rounding alone.
    fileprivate func rounding(of statistic: AggregationMethod.Statistic, width: WindowWidth) -> [Instant: Double] {
        switch statistic {
        case .min, .max, .count, .first, .last:
            return [:]
        case .mean, .sum, .std, .median:
            return windows(width).mapValues { Double($0.count) * $0.largest.ulp }
        case .percentile:
            let place = Double(count).ulp
            return windows(width).mapValues { 2 * $0.largest * place + $0.largest.ulp }
        }
    }

    /// How many values each window has, and the size of its largest.
    private func windows(_ width: WindowWidth) -> [Instant: (count: Int, largest: Double)] {
        var windows: [Instant: (count: Int, largest: Double)] = [:]
        for (timestamp, value) in zip(timestamps, values) {
            let start = width.window(holding: timestamp).lowerBound
            let window = windows[start, default: (0, 0)]
            windows[start] = (window.count + 1, Swift.max(window.largest, abs(value)))
        }
        return windows
    }
}
