import Aggregation
import MetricStore
import Query
import Telemetry
import TestKit
import Testing

@Suite("Questions about one metric")
struct MeasureQueriesTests {
    private static let queries = MeasureQueries(now: Site.now)

    @Test("have the same answer before and after compaction, from windows and folded from measures")
    func sameAnswers() async throws {
        try await Site.with { site in
            var random = SeededGenerator(seed: 5)
            let measures = Measures(
                sorting: (0..<400).map { _ in
                    Measure(
                        at("01:00:00") + .milliseconds(Int64.random(in: 0..<18_000_000, using: &random)),
                        Double(Int.random(in: 0..<10_000, using: &random)))
                })
            try await site.observe([server("s", Site.red)])
            try await site.append(measures, of: "s", "cpu", kind: .cumulative, policy: .ceilometerHighRate)
            let methods: [AggregationMethod] = [.mean, .rate(.mean), .percentile(95), .rate(.max), .count]
            for isCompacted in [false, true] {
                if isCompacted { try await site.compact() }
                for (method, granularity) in methods.flatMap({ method in
                    [60, 120, 3_600].map { (method, Duration.seconds($0)) }
                }) {
                    let start = at("02:10:20")
                    let windowing = Windowing(
                        start: start, stop: at("03:30:10"), granularity: granularity, method: method)
                    let series = try await site.ask { db in
                        try Self.queries.aggregates(of: "s", meter: "cpu", windowing, scope: .everything, in: db)
                    }
                    let width = WindowWidth.fixed(granularity)
                    let expected = Folding(width: width, methods: [method], kind: .cumulative).fold(measures)
                        .slice(from: width.window(holding: start).lowerBound, to: at("03:30:10"))
                    #expect(series.aggregates == expected.aggregates(method), "\(method) \(granularity) \(isCompacted)")
                }
            }
        }
    }

    @Test("without a granularity use the finest that the policy keeps, and can be resampled")
    func defaults() async throws {
        try await Site.with { site in
            try await site.observe([server("s", Site.red)])
            try await site.append(minutely(from: at("01:58:00"), [1, 2, 3, 5]), of: "s", "memory")
            let finest = try await site.ask { db in
                try Self.queries.aggregates(of: "s", meter: "memory", Windowing(), scope: .everything, in: db)
            }
            #expect(finest.granularity == .seconds(60))
            #expect(finest.aggregates.map(\.value) == [1, 2, 3, 5])
            let windowing = Windowing(resampled: .fixed(.seconds(3_600)))
            let resampled = try await site.ask { db in
                try Self.queries.aggregates(of: "s", meter: "memory", windowing, scope: .everything, in: db)
            }
            #expect(resampled.aggregates == [Aggregate(at("01:00:00"), 1.5), Aggregate(at("02:00:00"), 4)])
        }
    }

    @Test("about all of time, or a time without measures, have an answer")
    func extremeTimes() async throws {
        try await Site.with { site in
            try await site.observe([server("s", Site.red)])
            try await site.append(minutely(from: at("01:00:00"), [1, 2]), of: "s", "memory")
            let (first, last) = (Instant(nanoseconds: .min), Instant(nanoseconds: .max))
            let spans = [(first, last, 2), (first, at("00:00:00"), 0), (at("11:00:00"), last, 0)]
            for (start, stop, count) in spans {
                let answer = try await site.ask { db in
                    let resampled = Windowing(
                        start: start, stop: stop, method: .rate(.median), resampled: .calendar(.week))
                    let folded = Windowing(
                        start: start, stop: stop, granularity: .seconds(86_400 * 100), method: .count)
                    return (
                        try Self.queries.aggregates(of: "s", meter: "memory", resampled, scope: .everything, in: db),
                        try Self.queries.aggregates(of: "s", meter: "memory", folded, scope: .everything, in: db),
                        try Self.queries.measures(
                            of: "s", meter: "memory", from: start, to: stop, scope: .everything, in: db)
                    )
                }
                #expect(answer.0.aggregates.map(\.value) == (count == 0 ? [] : [1]))
                #expect(answer.1.aggregates.map(\.value).reduce(0, +) <= 2)
                #expect(answer.2.count == count)
            }
        }
    }

    @Test("that the policy has no answer to are errors where folding is not allowed")
    func notKept() async throws {
        try await Site.with { site in
            try await site.observe([server("s", Site.red)])
            try await site.append(minutely(from: at("01:00:00"), [1]), of: "s", "memory")
            let cases: [(Windowing, QueryError)] = [
                (
                    Windowing(granularity: .seconds(7), allowsFolding: false),
                    .granularityUnknown(.seconds(7), available: [.seconds(60), .seconds(3_600)])
                ),
                (
                    Windowing(method: .median, allowsFolding: false),
                    .methodUnknown(.median, available: ArchivePolicy.medium.methods)
                ),
                (
                    Windowing(start: at("02:00:00"), stop: at("02:00:00")),
                    .intervalEmpty(start: at("02:00:00"), stop: at("02:00:00"))
                ),
                (
                    Windowing(granularity: .zero),
                    .granularityOutOfRange(.zero, limits: ArchiveDefinition.granularityLimits)
                ),
                (
                    Windowing(resampled: .fixed(.nanoseconds(1))),
                    .granularityOutOfRange(.nanoseconds(1), limits: ArchiveDefinition.granularityLimits)
                ),
                (
                    Windowing(start: at("00:00:00"), stop: at("11:00:00"), granularity: .milliseconds(10)),
                    .limitExceeded(.points, found: 3_960_000, limit: QueryLimits.points)
                ),
            ]
            for (windowing, error) in cases {
                await #expect(throws: error) {
                    try await site.ask { db in
                        try Self.queries.aggregates(of: "s", meter: "memory", windowing, scope: .everything, in: db)
                    }
                }
            }
            await #expect(throws: QueryError.metricUnknown("s", "cpu")) {
                try await site.ask { db in try Self.queries.measures(of: "s", meter: "cpu", scope: .everything, in: db)
                }
            }
        }
    }
}
