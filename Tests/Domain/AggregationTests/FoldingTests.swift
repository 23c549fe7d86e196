import Aggregation
import Telemetry
import TestKit
import Testing

@Suite("Folding")
struct FoldingTests {
    private static let minute = WindowWidth.fixed(.seconds(60))

    @Test("puts a measure into the window that begins at or before it")
    func windowEdges() {
        let windows = fold([(0, 1), (59.999, 2), (60, 3), (180, 4)], [.sum])
        #expect(windows.aggregates(.sum) == [at(0, 3), at(60, 3), at(180, 4)])
    }

    @Test("aligns windows to 1970 on both sides of it")
    func alignment() {
        let windows = fold([(-61, 1), (-60, 2), (-0.5, 3), (0, 4)], [.sum])
        #expect(windows.aggregates(.sum) == [at(-120, 1), at(-60, 5), at(0, 4)])
    }

    @Test("computes each statistic of a window")
    func statistics() {
        let methods: [AggregationMethod] = [
            .mean, .min, .max, .sum, .count, .std, .last, .first, .median, .percentile(25), .percentile(90),
        ]
        let windows = fold([(1, 4), (2, 1), (3, 3), (4, 2)], methods)
        let expected: [Double] = [2.5, 1, 4, 10, 4, (5.0 / 3).squareRoot(), 2, 4, 2.5, 1.75, 3.7]
        for (method, value) in zip(methods, expected) {
            let found = windows.aggregates(method)?.first?.value ?? .nan
            #expect(abs(found - value) <= 1e-15 * value, "\(method)")
        }
    }

    @Test("gives no standard deviation for a single measure")
    func deviationNeedsTwo() {
        let windows = fold([(0, 1), (60, 2), (61, 4)], [.std, .mean])
        #expect(windows.aggregates(.std) == [at(60, 2.0.squareRoot())])
        #expect(windows.aggregates(.mean)?.count == 2)
    }

    @Test("counts a difference at the later measure, and none at the first")
    func rates() {
        let windows = fold([(10, 100), (50, 130), (70, 190), (200, 191)], [.rate(.sum), .rate(.count), .sum])
        #expect(windows.aggregates(.rate(.sum)) == [at(0, 30), at(60, 60), at(180, 1)])
        #expect(windows.aggregates(.rate(.count)) == [at(0, 1), at(60, 1), at(180, 1)])
        #expect(fold([(10, 100)], [.rate(.mean)]).aggregates(.rate(.mean)) == [])
    }

    @Test(
        "takes the fall of a counter as its restart, of others as a fall",
        arguments: [(MeterKind.cumulative, [50.0, 7, 3]), (.gauge, [50, -143, 3]), (.delta, [50, -143, 3])])
    func restart(_ kind: MeterKind, _ expected: [Double]) {
        let measures = measures([(0, 100), (10, 150), (20, 7), (30, 10)])
        #expect(measures.differences(kind: kind).values == expected)
    }

    @Test("never gives a negative rate of a counter", arguments: 1...20 as ClosedRange<UInt64>)
    func ratesOfCounters(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let windows = Folding(width: Self.minute, methods: [.rate(.min)], kind: .cumulative)
            .fold(randomMeasures(using: &random))
        #expect(windows.aggregates(.rate(.min))?.allSatisfy { $0.value >= 0 || $0.value.isNaN } == true)
    }

    @Test("of a part uses the measure before it for the first rate, and nothing else")
    func parts() {
        let folding = Folding(width: Self.minute, methods: [.sum, .rate(.sum)], kind: .gauge)
        let all = measures((0..<40).map { (Double($0 * 25), Double($0 * $0)) })
        let whole = folding.fold(all)
        let part = folding.fold(all, from: Instant(seconds: 300), to: Instant(seconds: 600))
        #expect(part == whole.slice(from: Instant(seconds: 300), to: Instant(seconds: 600)))
        #expect(folding.fold(all, from: Instant(seconds: 5_000)).isEmpty)
        #expect(folding.fold(Measures()).isEmpty)
    }

    @Test("of every way to cut a series equals folding it at once", arguments: 1...20 as ClosedRange<UInt64>)
    func anyCut(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let series = randomMeasures(using: &random)
        let folding = Folding(width: Self.minute, methods: [.max, .last, .rate(.last), .median], kind: .gauge)
        let cut = WindowWidth.fixed(.seconds(60)).window(
            holding: series.timestamps[Int.random(in: 0..<series.count, using: &random)]
        ).lowerBound
        let parts = FoldedWindows.merging([folding.fold(series, to: cut), folding.fold(series, from: cut)])
        let whole = folding.fold(series)
        #expect(parts.starts == whole.starts)
        for (left, right) in zip(parts.columns, whole.columns) {
            #expect(left.values.map { $0?.bitPattern } == right.values.map { $0?.bitPattern }, "seed \(seed)")
        }
    }

    @Test("keeps all digits of long sums and of small spreads around great means")
    func precision() throws {
        let tenths = measures((0..<100_000).map { (Double($0), 0.1) })
        let day = Folding(width: .fixed(.seconds(1_000_000)), methods: [.sum, .mean, .std], kind: .gauge)
        #expect(day.fold(tenths).aggregates(.mean) == [at(0, 0.1)])
        let great = measures((0..<1_000).map { (Double($0), 1e12 + Double($0 % 2)) })
        let deviation = try #require(day.fold(great).aggregates(.std)?.first?.value)
        #expect(abs(deviation - (250.0 / 999).squareRoot()) < 1e-12)
    }

    @Test("survives the ends of representable time")
    func extremeTimes() {
        let extremes = Measures(
            timestamps: [Int64.min, .min + 1, -1, 0, .max - 1, .max].map(Instant.init(nanoseconds:)),
            values: [1, 1, 1, 1, 1, 1])
        for width in [Self.minute, .fixed(.seconds(86_400 * 366))] + CalendarPeriod.allCases.map(WindowWidth.calendar) {
            let counts = Folding(width: width, methods: [.count], kind: .gauge).fold(extremes).aggregates(.count) ?? []
            #expect(counts.reduce(0) { $0 + $1.value } == 6, "\(width)")
        }
    }

    private func fold(_ points: [(Double, Double)], _ methods: [AggregationMethod]) -> FoldedWindows {
        Folding(width: Self.minute, methods: methods, kind: .gauge).fold(measures(points))
    }

    private func measures(_ points: [(Double, Double)]) -> Measures {
        Measures(
            timestamps: points.map { Instant(milliseconds: Int64($0.0 * 1_000)) }, values: points.map(\.1))
    }

    private func at(_ second: Int64, _ value: Double) -> Aggregate { Aggregate(Instant(seconds: second), value) }
}
