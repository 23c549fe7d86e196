import Aggregation
import Foundation
import Telemetry
import Testing

/// Aggregates, rates and percentiles against Gnocchi's own code.
///
/// Equal means: within 1e-12 of the expected value, plus what plain addition, as carbonara does it, may round off over
/// as many terms as the series has. Timestamps and the presence of each window are compared exactly.
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
        let terms = vector.values + measures.differences(kind: kind).values
        let rounding = Double(terms.count) * (terms.map(abs).max() ?? 0).ulp
        for fold in vector.folds {
            let width = try #require(fold.windowWidth)
            let methods = try fold.aggregates.keys.map { try #require(AggregationMethod($0)) }
            let windows = Folding(width: width, methods: methods, kind: kind).fold(measures)
            for method in methods {
                let found = try #require(windows.aggregates(method))
                let expected = try #require(fold.aggregates[method.description])
                let label = Comment(rawValue: "seed \(seed), \(vector.shape), \(width), \(method)")
                #expect(found.map(\.timestamp.nanoseconds) == expected.map(\.timestamp), label)
                let worst = zip(found, expected).max { error($0) < error($1) }
                if let worst, error(worst) > Self.tolerance * abs(worst.1.value) + rounding {
                    Issue.record("\(label): \(worst.0) instead of \(worst.1.value)")
                }
            }
        }
    }

    private func error(_ pair: (Aggregate, CarbonaraVectors.Point)) -> Double { abs(pair.0.value - pair.1.value) }
}
