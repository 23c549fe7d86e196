import Aggregation
import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

@Suite struct MeasureStoreTests {
    private static let now = Instant.at("12:00:00")

    private func measures(_ count: Int, from start: Instant, every step: Duration = .seconds(10)) -> [Measure] {
        (0..<count).map { Measure(start + step * $0, Double($0)) }
    }

    @Test("a measure can be read as soon as its transaction has committed, and not before")
    func visibility() async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .low)])
            try await database.append([(series[0], Measure(.at("11:59:00"), 4))], now: Self.now)
            await #expect(throws: Missing.self) {
                try await database.pool.transaction { db in
                    var intake = MeasureIntake(now: Self.now)
                    intake.add(InternedMetric(series[0]), at: .at("11:59:30"), 5)
                    try MeasureStore().append(intake, in: db)
                    throw Missing()
                }
            }
            let found = try await MeasureReader(now: Self.now).measures(of: series, database.pool)
            #expect(found[series[0].id] == Measures(timestamps: [.at("11:59:00")], values: [4]))
            let windows = try await MeasureReader(now: Self.now).windows(
                of: series, granularity: .seconds(300), methods: [.mean, .count], database.pool)
            #expect(windows[series[0].id]?.aggregates(.mean) == [Aggregate(.at("11:55:00"), 4)])
        }
    }

    @Test(
        "what is too old, too far ahead or no number is not stored but counted, and spoils nothing else",
        arguments: [
            (Instant.at("12:00:00", day: -31), 1.0, MeasureRejection.tooOld),
            (Instant.at("12:00:01", day: 1), 1.0, .tooNew),
            (Instant(nanoseconds: .max), 1.0, .tooNew),
            (Instant(nanoseconds: .min), 1.0, .tooOld),
            (Instant.at("11:00:00"), .nan, .notFinite),
            (Instant.at("11:00:00"), .infinity, .notFinite),
            (Instant.at("12:00:01", day: -30), 1.0, nil),
            (Instant.at("11:59:59", day: 1), 1.0, nil),
        ] as [(Instant, Double, MeasureRejection?)])
    func rejections(at: Instant, value: Double, expected: MeasureRejection?) async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .low)])
            try await database.pool.transaction { db in
                var intake = MeasureIntake(now: Self.now)
                #expect(intake.add(InternedMetric(series[0]), at: at, value) == expected)
                intake.add(InternedMetric(series[0]), at: .at("11:58:00"), 7)
                #expect(intake.rejected == (expected.map { [$0: 1] } ?? [:]))
                try MeasureStore().append(intake, in: db)
            }
            for _ in 0..<2 {
                let found = try await MeasureReader(now: Self.now).measures(of: series, database.pool)
                #expect(found[series[0].id]?.count == (expected == nil ? 2 : 1))
                _ = try await Compactor(database.pool).run(now: Self.now)
            }
        }
    }

    @Test("compactors that run at the same time, beside writers and readers, lose nothing and count nothing twice")
    func concurrentCompactors() async throws {
        try await withDatabase(applying: [try MetricStoreSchema.migrator], sizeLimit: 8) { database in
            try await database.pool.transaction { db in try ArchivePolicyStore().register([.low], in: db) }
            let series = try await database.metrics([("cpu", .gauge, .low), ("memory", .gauge, .low)])
            var settings = CompactorSettings()
            settings.packedMeasureLimit = 30
            settings.segmentLimit = 2
            let compactor = Compactor(database.pool, settings: settings)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<4 {
                    group.addTask {
                        for step in 0..<10 {
                            let time = Instant.at("10:00:00") + .seconds((part * 10 + step) * 60)
                            try await database.append(
                                series.flatMap { series in measures(6, from: time).map { (series, $0) } }, now: Self.now
                            )
                        }
                    }
                }
                for _ in 0..<3 {
                    group.addTask { for _ in 0..<5 { _ = try await compactor.run(now: Self.now) } }
                }
                group.addTask {
                    // Whatever a reader sees are whole batches of six.
                    for _ in 0..<20 {
                        let found = try await MeasureReader(now: Self.now).measures(of: series, database.pool)
                        for measures in found.values { #expect(measures.count.isMultiple(of: 6)) }
                    }
                }
                try await group.waitForAll()
            }
            _ = try await compactor.run(now: Self.now)
            let found = try await MeasureReader(now: Self.now).measures(of: series, database.pool)
            #expect(series.map { found[$0.id]?.count } == [240, 240])
            let windows = try await MeasureReader(now: Self.now).windows(
                of: series, granularity: .seconds(300), methods: [.count], database.pool)
            #expect(windows[series[0].id]?.aggregates(.count)?.map(\.value) == Array(repeating: 30, count: 8))
        }
    }

    @Test("a compactor that dies before its transaction ends has done nothing", arguments: ["INSERT", "DELETE"])
    func crash(at statement: String) async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .low)])
            try await database.append(
                measures(30, from: .at("11:00:00", day: -1)).map { (series[0], $0) }, now: Self.now)
            // The server ends the session in the middle of the compactor's transaction, once: then the trigger is gone.
            try await database.pool.withSession { db in
                try db.execute(
                    script: """
                        CREATE SEQUENCE killed;
                        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                            'BEGIN IF nextval(''killed'') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END';
                        CREATE TRIGGER die AFTER \(statement) ON metric.\(statement == "INSERT" ? "chunk" : "batch")
                            FOR EACH STATEMENT EXECUTE FUNCTION die();
                        """)
            }
            let compactor = Compactor(database.pool)
            let error = await #expect(throws: PostgresError.self) { try await compactor.run(now: Self.now) }
            #expect(error?.isFatal == true)
            #expect(try await database.count("SELECT count(*) AS n FROM metric.batch") == 1)
            #expect(try await database.count("SELECT count(*) AS n FROM metric.chunk") == 0)
            let outcome = try await compactor.run(now: Self.now)
            #expect(outcome.batches == 1 && outcome.measures == 30 && outcome.folded == 1)
            let found = try await MeasureReader(now: Self.now).measures(of: series, database.pool)
            #expect(found[series[0].id]?.count == 30)
        }
    }

    @Test("a batch that can't be read is put aside, and all others are packed and read")
    func quarantine() async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .medium)])
            for minute in 0..<3 {
                try await database.append(
                    [(series[0], Measure(.at("08:00:00") + .seconds(minute * 60), 1))], now: Self.now)
            }
            try await database.pool.transaction { db in
                try db.execute(
                    """
                    UPDATE metric.batch SET packed = '\\x00'
                     WHERE batch_id = (SELECT min(batch_id) + 1 FROM metric.batch)
                    """)
            }
            let outcome = try await Compactor(database.pool).run(now: Self.now)
            #expect(outcome.quarantined.count == 1 && outcome.batches == 2 && outcome.measures == 2)
            #expect(try await database.count("SELECT count(*) AS n FROM metric.batch") == 0)
            #expect(
                try await database.count("SELECT count(*) AS n FROM metric.quarantined_batch WHERE reason <> ''") == 1)
            let found = try await MeasureReader(now: Self.now).measures(of: series, database.pool)
            #expect(found[series[0].id]?.count == 2)
        }
    }

    @Test("a finished day is one row of measures and one per granularity, and a late measure leaves it so")
    func oneRowPerDay() async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .medium)])
            for hour in 0..<4 {
                try await database.append(
                    measures(60, from: .at("0\(hour):00:00", day: -1)).map { (series[0], $0) }, now: Self.now)
                _ = try await Compactor(database.pool).run(now: Self.now)
            }
            try await database.append([(series[0], Measure(.at("00:00:05", day: -1), 100))], now: Self.now)
            _ = try await Compactor(database.pool).run(now: Self.now)
            #expect(try await database.count("SELECT count(*) AS n FROM metric.chunk") == 3)
            let windows = try await MeasureReader(now: Self.now).windows(
                of: series, granularity: .seconds(3_600), methods: [.max, .count], database.pool)
            #expect(windows[series[0].id]?.aggregates(.max)?.map(\.value) == [100, 59, 59, 59])
            #expect(windows[series[0].id]?.aggregates(.count)?.map(\.value) == [61, 60, 60, 60])
        }
    }

    @Test("retention drops the partitions of what is past its time and leaves the others")
    func retention() async throws {
        let policy = try ArchivePolicy(
            name: "short-and-long",
            definitions: [
                ArchiveDefinition(granularity: .seconds(60), timespan: .seconds(86_400)),
                ArchiveDefinition(granularity: .seconds(3_600), timespan: .seconds(10 * 86_400)),
            ], methods: [.mean], rawTimespan: .seconds(3 * 86_400))
        try await withStore(policies: [policy]) { database in
            let series = try await database.metrics([("cpu", .gauge, policy)])
            for day in -2...0 {
                try await database.append(
                    measures(30, from: .at("08:00:00", day: day)).map { (series[0], $0) }, now: Self.now)
            }
            _ = try await Compactor(database.pool).run(now: Self.now)
            func counts(day: Int) async throws -> [Int] {
                let now = Instant.at("12:00:00", day: day)
                _ = try await Compactor(database.pool).run(now: now)
                let outcome = try await ChunkPartitions().dropExpired(database.pool, now: now)
                #expect(outcome.postponed.isEmpty)
                return [
                    try await database.count("SELECT count(*) AS n FROM metric.chunk WHERE granularity_ns = 0"),
                    try await database.count(
                        "SELECT count(*) AS n FROM metric.chunk WHERE granularity_ns = 60000000000"),
                    try await database.count(
                        "SELECT count(*) AS n FROM metric.chunk WHERE granularity_ns = 3600000000000"),
                ]
            }
            #expect(try await counts(day: 1) == [3, 3, 3])
            #expect(try await counts(day: 4) == [2, 0, 3])
            #expect(try await counts(day: 6) == [0, 0, 3])
            #expect(try await counts(day: 20) == [0, 0, 0])
            #expect(try await database.pool.withSession { db in try ChunkPartitions().all(in: db) }.isEmpty)
        }
    }

    @Test("a partition that somebody is reading is dropped the next time")
    func postponedRetention() async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .low)])
            try await database.append([(series[0], Measure(.at("08:00:00"), 1))], now: Self.now)
            _ = try await Compactor(database.pool).run(now: Self.now)
            let later = Instant.at("12:00:00", day: 60)
            try await database.withSession { reader in
                try await reader.execute(script: "BEGIN; SELECT count(*) FROM metric.chunk")
                let held = try await ChunkPartitions().dropExpired(database.pool, now: later)
                #expect(held.dropped.isEmpty && held.postponed.count == 1)
                try await reader.execute(script: "COMMIT")
            }
            let free = try await ChunkPartitions().dropExpired(database.pool, now: later)
            #expect(free.dropped.count == 1 && free.postponed.isEmpty)
        }
    }

    @Test("a granularity or method that the policy lacks is named")
    func unknown() async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .ceilometerLow)])
            let reader = MeasureReader(now: Self.now)
            await #expect(throws: MeasureReadError.granularityUnknown(.seconds(7), "ceilometer-low")) {
                try await reader.windows(of: series, granularity: .seconds(7), methods: [.mean], database.pool)
            }
            await #expect(throws: MeasureReadError.methodUnknown(.max, "ceilometer-low")) {
                try await reader.windows(of: series, granularity: .seconds(300), methods: [.max], database.pool)
            }
        }
    }

    @Test("reading a metric's day uses the index of that day's partitions only")
    func plan() async throws {
        try await withStore { database in
            let series = try await database.metrics([("cpu", .gauge, .medium)])
            for day in -5...0 {
                try await database.append(
                    measures(30, from: .at("08:00:00", day: day)).map { (series[0], $0) }, now: Self.now)
            }
            _ = try await Compactor(database.pool).run(now: Self.now)
            let lines = try await database.pool.transaction { db in
                try db.execute("SET LOCAL enable_seqscan = off")
                return try db.query(
                    """
                    EXPLAIN SELECT segment FROM metric.chunk
                     WHERE metric_id = ANY(\([series[0].id])) AND granularity_ns = 0 AND day = \(CalendarDay(holding: Self.now))
                    """
                ) { try $0["QUERY PLAN", as: String.self] }
            }
            let scans = lines.filter { $0.contains("Scan") && $0.contains(" on chunk_r") }
            #expect(scans.count <= 2, "\(lines)")
            #expect(scans.allSatisfy { $0.contains("Index") }, "\(lines)")
        }
    }
}
