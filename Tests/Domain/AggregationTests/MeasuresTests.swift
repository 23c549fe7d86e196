import Aggregation
import Telemetry
import TestKit
import Testing

@Suite("Merging")
struct MeasuresTests {
    @Test(
        "runs of a gauge or counter keeps the later arrival of each instant", arguments: [MeterKind.gauge, .cumulative])
    func laterWins(_ kind: MeterKind) {
        let merged = Measures.merging(
            [run([(1, 10), (2, 20), (4, 40)]), run([(2, 21), (3, 30)]), run([(2, 22)])], kind: kind)
        #expect(merged == run([(1, 10), (2, 22), (3, 30), (4, 40)]))
    }

    @Test("runs of a delta meter keeps both measures of an instant, in the order of arrival")
    func deltasAreKept() {
        let merged = Measures.merging(
            [run([(1, 10), (2, 20)]), run([(2, 21)]), run([(1, 11), (2, 22)])], kind: .delta)
        #expect(merged == run([(1, 10), (1, 11), (2, 20), (2, 21), (2, 22)]))
    }

    @Test("any runs gives what sorting all their measures gives", arguments: 1...30 as ClosedRange<UInt64>)
    func equalsSort(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let runs = (0..<Int.random(in: 0...7, using: &random)).map { _ in
            Measures(
                sorting: (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    Measure(Instant(seconds: .random(in: 0..<15, using: &random)), .random(in: 0..<1, using: &random))
                })
        }
        let all = Measures(sorting: runs.flatMap(Array.init))
        #expect(Measures.merging(runs, kind: .delta) == all)
        var last: [Instant: Double] = [:]
        for measure in all { last[measure.timestamp] = measure.value }
        #expect(
            Measures.merging(runs, kind: .gauge)
                == Measures(sorting: last.map { Measure($0.key, $0.value) }), "seed \(seed)")
    }

    @Test("windows lets a later generation replace a window whole")
    func windows() {
        let older = FoldedWindows(
            starts: [0, 60, 120].map(Instant.init(seconds:)),
            columns: [.init(.mean, [1, 2, 3]), .init(.std, [nil, 5, 6])])
        let newer = FoldedWindows(
            starts: [60, 180].map(Instant.init(seconds:)), columns: [.init(.mean, [20, 40]), .init(.max, [7, 8])])
        let merged = FoldedWindows.merging([older, newer])
        #expect(merged.starts == [0, 60, 120, 180].map(Instant.init(seconds:)))
        #expect(merged.columns.first { $0.method == .mean }?.values == [1, 20, 3, 40])
        #expect(merged.columns.first { $0.method == .std }?.values == [nil, nil, 6, nil])
        #expect(merged.columns.first { $0.method == .max }?.values == [nil, 7, nil, 8])
    }

    @Test("A slice is half-open")
    func slice() {
        let measures = run([(1, 1), (2, 2), (2, 3), (3, 4)])
        #expect(measures.slice(from: Instant(seconds: 2), to: Instant(seconds: 3)) == run([(2, 2), (2, 3)]))
        #expect(measures.slice(from: nil, to: Instant(seconds: 1)).isEmpty)
        #expect(measures.slice(from: Instant(seconds: 3), to: nil) == run([(3, 4)]))
        #expect(measures.slice(from: Instant(seconds: 9), to: Instant(seconds: 1)).isEmpty)
    }

    private func run(_ points: [(Int64, Double)]) -> Measures {
        Measures(timestamps: points.map { Instant(seconds: $0.0) }, values: points.map(\.1))
    }
}
