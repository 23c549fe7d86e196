import Postgres
import Telemetry
import TestKit
import Testing
import Usage

@testable import MetricStore

@Suite struct UsageStoreTests {
    private let store = UsageStore()

    @Test("facts recorded one by one, in any order and twice, leave the intervals of the whole", arguments: 1...5)
    func record(seed: UInt64) async throws {
        try await withUsageDatabase { db in
            var random = SeededGenerator(seed: seed)
            let facts = Self.life
            for fact in (facts + facts).shuffled(using: &random) {
                try await db.pool.transaction { try store.record([fact], in: $0) }
            }
            #expect(try await intervals(db) == UsageTimeline(facts).intervals)
            let count = try await db.pool.transaction { db in
                try db.queryOne("SELECT count(*) FROM usage.fact") { try $0.decode(Int.self, at: "count") }
            }
            #expect(count == facts.count)
        }
    }

    @Test("a late fact rewrites what it changes and leaves the rest of the rows alone")
    func lateFact() async throws {
        try await withUsageDatabase { db in
            try await db.pool.transaction { try store.record(Self.life.filter { $0.messageID != "unpause" }, in: $0) }
            let before = try await rowVersions(db)
            try await db.pool.transaction { try store.record(Self.life, in: $0) }
            let after = try await rowVersions(db)
            #expect(try await intervals(db) == UsageTimeline(Self.life).intervals)
            #expect(!before.isDisjoint(with: after), "an interval that did not change was written again")
        }
    }

    @Test("hourly audits are recorded, and the intervals stay those of all facts, whatever else comes between", arguments: 1...3)
    func audits(seed: UInt64) async throws {
        try await withUsageDatabase { db in
            var random = SeededGenerator(seed: seed)
            let states: [ResourceState] = ["active", "active", "active", "paused"]
            var facts = Self.life.filter { $0.end == nil }
            for hour in 1...30 {
                let state = states.randomElement(using: &random)
                facts.append(Self.fact(MessageID("audit\(hour)"), Int64(hour) * 3_600, .audit, state: state))
            }
            // Late ones between them, and several at once.
            facts.swapAt(7, 20)
            for start in stride(from: 0, to: facts.count, by: 2) {
                let some = Array(facts[start..<min(start + (start % 6 == 0 ? 2 : 1), facts.count)])
                try await db.pool.transaction { try store.record(some, in: $0) }
            }
            try await db.pool.transaction { [facts] in try store.record(facts, in: $0) }
            let derived = try await intervals(db)
            let expected = UsageTimeline(facts).intervals
            #expect(derived == expected)
        }
    }

    @Test("transactions that touch one resource at the same time derive from all of its facts")
    func concurrent() async throws {
        try await withUsageDatabase { db in
            try await withThrowingTaskGroup { group in
                for fact in Self.life {
                    group.addTask { try await db.pool.transaction { try store.record([fact], in: $0) } }
                }
                try await group.waitForAll()
            }
            #expect(try await intervals(db) == UsageTimeline(Self.life).intervals)
        }
    }

    @Test("a transaction that is rolled back leaves neither facts nor intervals")
    func rollback() async throws {
        struct Stop: Error {}
        try await withUsageDatabase { db in
            await #expect(throws: Stop.self) {
                try await db.pool.transaction { session in
                    try store.record(Self.life, in: session)
                    throw Stop()
                }
            }
            let remaining = try await intervals(db)
            #expect(remaining.isEmpty)
        }
    }

    @Test("intervals are found by project, type, resource and period")
    func filters() async throws {
        try await withUsageDatabase { db in
            try await db.pool.transaction { try store.record(Self.life + [Self.address], in: $0) }
            let all = try await intervals(db)
            #expect(try await intervals(db, UsageStore.Filter(projectID: "q")).map(\.resourceType) == ["floatingip"])
            #expect(try await intervals(db, UsageStore.Filter(resourceType: "instance")).count == all.count - 1)
            #expect(try await intervals(db, UsageStore.Filter(resourceID: "nobody")).isEmpty)
            #expect(try await intervals(db, from: 0, to: 10).isEmpty)
            #expect(try await intervals(db, from: 10, to: 11).map(\.attributes.state) == ["active"])
            #expect(try await intervals(db, from: 30, to: 9_000).map(\.resourceType) == ["floatingip"])
            await #expect(throws: UsageStoreError.tooMany(limit: 1)) { _ = try await intervals(db, limit: 1) }
        }
    }

    @Test("an explanation leads from each interval to its events")
    func explanation() async throws {
        try await withUsageDatabase { db in
            try await db.pool.transaction { try store.record(Self.life, in: $0) }
            let chapters = try await db.pool.transaction { session in
                try store.explanations(of: "s", in: session).flatMap(\.explanation.chapters)
            }
            #expect(chapters.map(\.opening?.messageID) == ["create", "pause", "unpause"])
            #expect(chapters.map(\.closing?.messageID) == ["pause", "unpause", "delete"])
        }
    }

    @Test(
        "the tables refuse what must not be",
        arguments: [
            "UPDATE usage.fact SET state = 'other'", "DELETE FROM usage.fact",
            "UPDATE usage.interval SET from_at = from_at - interval '5 seconds' WHERE opened_by = 'pause'",
            "UPDATE usage.interval SET to_at = from_at", "UPDATE usage.interval SET closed_by = NULL",
            "UPDATE usage.interval SET from_at = from_at + interval '0.5 seconds'",
            "UPDATE usage.interval SET flavor_vcpus = NULL", "UPDATE usage.interval SET size_bytes = -1",
        ])
    func constraints(statement: String) async throws {
        try await withUsageDatabase { db in
            try await db.pool.transaction { try store.record(Self.life, in: $0) }
            await #expect(throws: PostgresError.self) {
                try await db.pool.transaction { try $0.execute("\(unsafeSQL: statement)") }
            }
        }
    }

    private func intervals(
        _ db: TestDatabase, _ filter: UsageStore.Filter = UsageStore.Filter(), from: Int64 = 0, to: Int64 = 1_000_000,
        limit: Int = 100
    ) async throws -> [UsageInterval] {
        let period = try #require(UsagePeriod(from: Instant(seconds: from), to: Instant(seconds: to)))
        return try await db.pool.transaction { session in
            try store.intervals(filter, in: period, limit: limit, in: session)
        }
    }

    private func rowVersions(_ db: TestDatabase) async throws -> Set<String> {
        Set(
            try await db.pool.transaction { session in
                try session.query("SELECT ctid::text || xmin::text AS version FROM usage.interval") {
                    try $0.decode(String.self, at: "version")
                }
            })
    }

    private func withUsageDatabase(_ body: (TestDatabase) async throws -> Void) async throws {
        try await withDatabase(applying: [MetricStoreSchema.migrator], body)
    }

    private static let flavor = UsageFlavor(name: "m1", vcpus: 1, memoryMiB: 512, rootGiB: 1, ephemeralGiB: 0)

    private static let life: [UsageFact] = [
        fact("create", 10, state: "active"), fact("pause", 15, state: "paused"), fact("unpause", 20, state: "active"),
        fact("delete", 31, .report, end: .stated(Instant(seconds: 30))), fact("audit", 400, .audit, end: .passed),
        fact("denied", 5, .report, state: nil),
    ]

    private static let address = UsageFact(
        messageID: "address", eventType: "floatingip.create.end", generated: Instant(seconds: 12),
        resourceType: .floatingIP, resourceID: "a", standing: .observation, start: .stated(Instant(seconds: 12)),
        attributes: UsageAttributes(projectID: "q"))

    private static func fact(
        _ id: MessageID, _ second: Int64, _ standing: UsageFact.Standing = .observation, end: UsageFact.End? = nil,
        state: ResourceState? = nil
    ) -> UsageFact {
        UsageFact(
            messageID: id, eventType: "compute.instance.\(id)", generated: Instant(seconds: second),
            resourceType: .instance, resourceID: "s", standing: standing, isLandmark: id == "create" || id == "delete",
            start: id == "denied" ? .denied : .stated(Instant(seconds: 10)), end: end,
            attributes: UsageAttributes(state: state, projectID: "p", host: "h", flavor: flavor))
    }
}
