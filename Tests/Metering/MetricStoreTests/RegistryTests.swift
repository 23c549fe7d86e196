import Aggregation
import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

@Suite struct ArchivePolicyStoreTests {
    private func policy(
        _ granularity: Duration, points: Int, methods: [AggregationMethod] = [.mean], raw: Duration? = nil
    ) throws -> ArchivePolicy {
        try ArchivePolicy(
            name: "p", definitions: [ArchiveDefinition(granularity: granularity, points: points)], methods: methods,
            rawTimespan: raw)
    }

    @Test("every default policy comes back as it was registered, and registering again changes nothing")
    func roundTrip() async throws {
        try await withStore { database in
            let stored = try await database.pool.transaction { db in
                try ArchivePolicyStore().register(ArchivePolicy.defaults, in: db)
                return try ArchivePolicyStore().all(in: db)
            }
            #expect(Set(stored.values) == Set(ArchivePolicy.defaults))
        }
    }

    @Test("how long a policy keeps may change, what it computes may not")
    func changes() async throws {
        let before = try policy(.seconds(60), points: 10)
        try await withStore(policies: [before]) { database in
            let longer = try policy(.seconds(60), points: 20, raw: .seconds(9_000))
            let stored = try await database.pool.transaction { db in
                try ArchivePolicyStore().register([longer], in: db)
                return try ArchivePolicyStore().all(in: db)
            }
            #expect(Array(stored.values) == [longer])
            for changed in [
                try policy(.seconds(30), points: 10), try policy(.seconds(60), points: 10, methods: [.max]),
            ] {
                await #expect(throws: ArchivePolicyConflict.self) {
                    try await database.pool.transaction { db in try ArchivePolicyStore().register([changed], in: db) }
                }
            }
        }
    }
}

@Suite struct AcceptedTimespanTests {
    @Test("measures are accepted as long as they are kept, but none of a time of which measures were dropped already")
    func raised() async throws {
        func policy(_ raw: Duration) throws -> ArchivePolicy {
            try ArchivePolicy(
                name: "p", definitions: [ArchiveDefinition(granularity: .seconds(60), points: 10)], methods: [.mean],
                rawTimespan: raw)
        }
        let day = Duration.seconds(86_400)
        try await withStore(policies: [try policy(day)]) { database in
            func accepted(after time: Duration) async throws -> Duration? {
                try await database.pool.transaction { db in
                    let now = try db.queryOne("SELECT now() AS now") { try $0["now", as: Instant.self] }
                    guard let now else { throw Missing() }
                    return try ArchivePolicyStore().acceptedTimespans(at: now + time, in: db).values.first
                }
            }
            func register(_ raw: Duration) async throws {
                let policy = try policy(raw)
                try await database.pool.transaction { db in try ArchivePolicyStore().register([policy], in: db) }
            }
            #expect(try await accepted(after: .zero) == day)
            try await register(day * 10)
            let early = try #require(try await accepted(after: day))
            #expect(early >= day * 2 && early < day * 3)
            #expect(try await accepted(after: day * 20) == day * 10)
            try await register(day * 2)
            #expect(try await accepted(after: day * 20) == day * 2)
        }
    }
}

@Suite struct MetricRegistryTests {
    @Test("a metric gets a number once, and keeps kind, unit and policy of its first sample")
    func interning() async throws {
        try await withStore { database in
            let first = try await database.metrics([("cpu", .cumulative, .low), ("memory", .gauge, .medium)])
            let second = try await database.metrics([
                ("memory", .gauge, .medium), ("cpu", .cumulative, .low), ("disk", .gauge, .low),
            ])
            #expect(first[0].id == second[1].id)
            #expect(first[1].id == second[0].id)
            #expect(Set(second.map(\.id)).count == 3)
            let changed = try await database.metrics([("cpu", .gauge, .high)])
            #expect(changed[0].id == first[0].id)
            #expect(changed[0].kind == .cumulative)
        }
    }

    @Test("a policy that nobody has registered is named in the error")
    func unknownPolicy() async throws {
        try await withStore(policies: [.low]) { database in
            await #expect(throws: MetricRegistryError.policyUnknown("high")) {
                try await database.metrics([("cpu", .cumulative, .low), ("memory", .gauge, .high)])
            }
        }
    }

    @Test("transactions that intern the same metrics at the same time agree")
    func concurrency() async throws {
        try await withStore { database in
            let meters = (0..<40).map { MeterName("meter.\($0)") }
            _ = try await database.metrics([("first", .gauge, .low)])
            let ids = try await withThrowingTaskGroup(of: [MeterName: MetricID].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let order = meters.shuffled()
                        let series = try await database.metrics(order.map { ($0, .gauge, .low) })
                        return Dictionary(uniqueKeysWithValues: zip(order, series.map(\.id)))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(ids).count == 1)
        }
    }

    @Test("the cache knows what it was told, by resource and meter")
    func cache() {
        let cache = MetricCache()
        let metric = InternedMetric(id: MetricID(7), kind: .gauge, rawTimespan: .seconds(60))
        cache.learn([("server-1", "cpu", metric)])
        #expect(cache.metrics(of: "server-2", meters: ["cpu"]) == [nil])
        #expect(cache.metrics(of: "server-1", meters: ["memory", "cpu"]) == [nil, metric])
        #expect(cache.count == 1)
        cache.forget()
        #expect(cache.count == 0 && cache.metrics(of: "server-1", meters: ["cpu"]) == [nil])
    }
}
