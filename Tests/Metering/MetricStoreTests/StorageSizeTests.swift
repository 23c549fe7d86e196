import Aggregation
import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

/// What a day of typical metrics takes on disk, everything included: rows, indexes, TOAST.
///
/// The figures of docs/specs/storage.md.
@Suite struct StorageSizeTests {
    private static let day = Instant.at("00:00:00")
    private static let pollInterval = Duration.seconds(10)
    private static let pollCount = 8_640

    /// A poll of a few servers: a counter with noise, a busy and an idle counter, a size, a percentage.
    private struct Poll {
        var random = SeededGenerator(seed: 4)
        private(set) var counters: [Double]

        init(count: Int) { counters = Array(repeating: 0, count: count) }

        mutating func next(_ index: Int) -> Double {
            switch index % 5 {
            case 0: counters[index] += 9_000_000_000 + Double(Int.random(in: 0..<300_000_000, using: &random))
            case 1: counters[index] += Double(Int.random(in: 0..<4_000_000, using: &random))
            case 2: counters[index] += Int.random(in: 0..<50, using: &random) == 0 ? 4_096 : 0
            case 3: counters[index] = 2_147_483_648
            default: counters[index] = Double(Int.random(in: 200...450, using: &random)) / 10
            }
            return counters[index]
        }
    }

    @Test("a day of polls takes a few bytes a sample on disk, the windows of two granularities included")
    func bytesPerSample() async throws {
        try await withStore { database in
            let kinds: [MeterKind] = [.cumulative, .cumulative, .cumulative, .gauge, .gauge]
            var series: [MeasureReader.Series] = []
            for server in 0..<2 {
                series += try await database.metrics(
                    kinds.enumerated().map { (MeterName("meter.\($0)"), $1, .medium) },
                    of: ResourceID("server-\(server)"))
            }
            var poll = Poll(count: series.count)
            // Transactions of a few hundred samples, as a busy ingester would make of many hosts' batches.
            for first in stride(from: 0, to: Self.pollCount, by: 30) {
                var batch: [(series: MeasureReader.Series, measure: Measure)] = []
                for tick in first..<first + 30 {
                    let time = Self.day + Self.pollInterval * tick
                    for (index, series) in series.enumerated() {
                        batch.append((series, Measure(time, poll.next(index))))
                    }
                }
                try await database.append(batch, now: Self.day + .seconds(86_400))
            }
            let samples = Self.pollCount * series.count
            let batches = try await database.count("SELECT pg_total_relation_size('metric.batch') AS n")
            _ = try await Compactor(database.pool).run(now: Self.day + .seconds(2 * 86_400))
            // An autovacuum worker that looks at the database holds on to dead rows for as long.
            let chunks = try await eventually("chunks take less than 6 bytes a sample", within: .seconds(60)) {
                () -> Int? in
                let size = try await vacuumedSize(database)
                return Double(size) / Double(samples) < 6 ? size : nil
            }
            let measures = try await database.count(
                "SELECT sum(length(segment))::bigint AS n FROM metric.chunk WHERE granularity_ns = 0")
            let perSample = (
                Double(batches) / Double(samples), Double(chunks) / Double(samples), Double(measures) / Double(samples)
            )
            print("Bytes a sample: batches \(perSample.0), chunks \(perSample.1), of these the measures \(perSample.2)")
            #expect(perSample.0 < 12)
            #expect(perSample.2 < 3)
        }
    }

    private func vacuumedSize(_ database: TestDatabase) async throws -> Int {
        try await database.pool.withSession { db in try db.execute("VACUUM FULL metric.chunk") }
        return try await database.count(
            """
            SELECT sum(pg_total_relation_size(oid))::bigint AS n FROM pg_class
             WHERE relispartition AND relkind = 'r' AND relnamespace = 'metric'::regnamespace
            """)
    }
}
