import Aggregation
import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

/// Random measures of some metrics, appended in random order and batches, compacted at random moments.
private struct Scenario {
    static let now = Instant.at("10:00:00", day: 9)

    let series: [MeasureReader.Series]
    var random: SeededGenerator
    /// All measures of each series in the order of their arrival.
    private(set) var arrived: [MetricID: [Measure]] = [:]

    init(series: [MeasureReader.Series], seed: UInt64) {
        self.series = series
        random = SeededGenerator(seed: seed)
    }

    /// Measures of one batch: bursts around random times within ten days, now and then of the same instant as earlier ones.
    mutating func nextBatch() -> [(series: MeasureReader.Series, measure: Measure)] {
        var batch: [(series: MeasureReader.Series, measure: Measure)] = []
        for series in series where Int.random(in: 0..<4, using: &random) > 0 {
            var time = Instant.at("00:00:00") + .seconds(Int64.random(in: 0..<(9 * 86_400 + 36_000), using: &random))
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                if let known = arrived[series.id]?.randomElement(using: &random),
                    Int.random(in: 0..<20, using: &random) == 0
                {
                    time = known.timestamp
                }
                batch.append((series, Measure(time, Double(Int.random(in: -50...1_000, using: &random)) / 4)))
                time = time + .milliseconds(Int64.random(in: 0..<4_000_000, using: &random))
                if time > Self.now { break }
            }
        }
        for (series, measure) in batch { arrived[series.id, default: []].append(measure) }
        return batch
    }

    /// What reading must give: the fold of all measures, as if they had come at once.
    func expected(_ series: MeasureReader.Series) -> Measures {
        Measures.merging((arrived[series.id] ?? []).map { Measures(sorting: [$0]) }, kind: series.kind)
    }
}

@Suite struct MeasureStorePropertyTests {
    /// Windows within a day, across midnight and over several days; long enough for all of the scenario.
    private static func policy() throws -> ArchivePolicy {
        try ArchivePolicy(
            name: "mixed",
            definitions: [
                ArchiveDefinition(granularity: .seconds(300), points: 288 * 30),
                ArchiveDefinition(granularity: .seconds(7 * 3_600), points: 300),
                ArchiveDefinition(granularity: .seconds(3 * 86_400 + 3_600), points: 20),
            ],
            methods: [
                .mean, .min, .max, .sum, .count, .std, .last, .first, .median, .percentile(95), .rate(.mean),
                .rate(.max),
            ])
    }

    @Test(
        "in whatever order and batches measures arrive, and whenever they are compacted, reading gives the fold of all of them",
        arguments: 1...6 as ClosedRange<UInt64>)
    func equalsFoldOfAll(seed: UInt64) async throws {
        let policy = try Self.policy()
        try await withStore(policies: [policy]) { database in
            let series = try await database.metrics([
                ("memory", .gauge, policy), ("cpu", .cumulative, policy), ("requests", .delta, policy),
            ])
            var scenario = Scenario(series: series, seed: seed)
            var settings = CompactorSettings()
            settings.segmentLimit = 3
            settings.packedMeasureLimit = 100
            settings.foldedMetricLimit = 2
            for step in 0..<40 {
                try await database.append(scenario.nextBatch(), now: Scenario.now)
                if Int.random(in: 0..<4, using: &scenario.random) == 0 {
                    _ = try await Compactor(database.pool, settings: settings).run(now: Scenario.now)
                }
                if step.isMultiple(of: 10) { try await check(scenario, policy, database) }
            }
            try await check(scenario, policy, database)
            _ = try await Compactor(database.pool, settings: settings).run(now: Scenario.now + .seconds(3 * 86_400))
            #expect(try await database.count("SELECT count(*) AS n FROM metric.batch") == 0)
            #expect(try await database.count("SELECT count(*) AS n FROM metric.chunk WHERE NOT is_folded") == 0)
            try await check(scenario, policy, database)
        }
    }

    private func check(_ scenario: Scenario, _ policy: ArchivePolicy, _ database: TestDatabase) async throws {
        let reader = MeasureReader(now: Scenario.now)
        let measures = try await reader.measures(of: scenario.series, database.pool)
        for series in scenario.series {
            #expect((measures[series.id] ?? Measures()) == scenario.expected(series))
        }
        var random = scenario.random
        for definition in policy.definitions {
            let start = Instant.at("00:00:00") + .seconds(Int64.random(in: -86_400..<(9 * 86_400), using: &random))
            let ranges: [(Instant?, Instant?)] = [
                (nil, nil), (start, start + .seconds(Int64.random(in: 1..<300_000, using: &random))),
            ]
            for (from, to) in ranges {
                let windows = try await reader.windows(
                    of: scenario.series, granularity: definition.granularity, methods: Set(policy.methods), from: from,
                    to: to,
                    database.pool)
                for series in scenario.series {
                    let width = WindowWidth.fixed(definition.granularity)
                    let folding = Folding(width: width, methods: policy.methods, kind: series.kind)
                    let expected = folding.fold(scenario.expected(series)).slice(
                        from: from.map { width.window(holding: $0).lowerBound }, to: to)
                    let found = windows[series.id] ?? FoldedWindows(starts: [], columns: [])
                    #expect(
                        found.starts == expected.starts,
                        "\(series.kind) \(definition.granularity) \(String(describing: from))")
                    if !expected.isEmpty { #expect(found == expected, "\(series.kind) \(definition.granularity)") }
                }
            }
        }
    }
}
