import JSON
import Postgres
import Telemetry
import TestKit
import Testing

@testable import MetricStore

private func observation(
    _ second: Int64, flavor: String? = nil, project: ProjectID? = nil, ended: Int64? = nil, started: Int64? = nil
) -> ResourceObservation {
    ResourceObservation(
        id: "server-1", at: Instant(seconds: second), type: "instance", projectID: project,
        attributes: ResourceAttributes(flavor.map { [JSONValue.Member("flavor", .string($0))] } ?? []),
        startedAt: started.map { Instant(seconds: $0) }, endedAt: ended.map { Instant(seconds: $0) })
}

extension ResourceTimeline {
    /// `start flavor` of each revision.
    fileprivate var outline: [String] {
        revisions.map {
            "\($0.start.nanoseconds / 1_000_000_000) \($0.facts.attributes.members["flavor"]?.string ?? "-")"
        }
    }
}

@Suite struct ResourceTimelineTests {
    private func timeline(_ observations: [ResourceObservation]) -> ResourceTimeline {
        var timeline = ResourceTimeline(observations[0])
        for observation in observations.dropFirst() { timeline.observe(observation) }
        return timeline
    }

    @Test("a change makes a revision, a repetition none")
    func changes() {
        let result = timeline([
            observation(10, flavor: "small"), observation(20, flavor: "small"), observation(30, flavor: "large"),
        ])
        #expect(result.outline == ["10 small", "30 large"])
        #expect(result.revisions[0].end == Instant(seconds: 30))
        #expect(result.revisions[0].observedAt == Instant(seconds: 20))
    }

    @Test(
        "an observation that comes late takes its place in the history and leaves later ones as they are",
        arguments: [
            (15, "medium", ["10 small", "15 medium", "20 small", "30 large"]),
            (25, "medium", ["10 small", "25 medium", "30 large"]),
            (25, "large", ["10 small", "25 large"]),
            (5, "medium", ["5 medium", "10 small", "30 large"]),
            (5, "small", ["5 small", "30 large"]),
            (15, "small", ["10 small", "30 large"]),
            (35, "medium", ["10 small", "30 large", "35 medium", "40 large"]),
        ] as [(Int64, String, [String])])
    func late(second: Int64, flavor: String, expected: [String]) {
        var result = timeline([
            observation(10, flavor: "small"), observation(20, flavor: "small"), observation(30, flavor: "large"),
            observation(40, flavor: "large"),
        ])
        result.observe(observation(second, flavor: flavor))
        #expect(result.outline == expected)
    }

    @Test(
        "whatever the order of observations, the latest decides the present, and the revisions have no gap",
        arguments: 1...30 as ClosedRange<UInt64>)
    func anyOrder(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let flavors = ["small", "medium", "large"]
        let inOrder = (0..<12).map { observation(Int64($0) * 10, flavor: flavors.randomElement(using: &random)) }
        let result = timeline(inOrder.shuffled(using: &random))
        #expect(result.present.facts == ResourceFacts(inOrder[11]))
        #expect(result.revisions[0].start == Instant(seconds: 0))
        for (earlier, later) in zip(result.revisions, result.revisions.dropFirst()) {
            #expect(earlier.end == later.start)
            #expect(earlier.facts != later.facts)
            #expect(earlier.start < later.start)
        }
    }

    @Test("what an observation does not tell stays as it was")
    func partial() {
        let result = timeline([observation(10, flavor: "small", project: "p"), observation(20)])
        #expect(result.present.facts.projectID == "p")
        #expect(result.outline == ["10 small"])
    }

    @Test("an end is final, and a start after it begins another life")
    func life() {
        var result = timeline([observation(10, started: 9), observation(20, ended: 20), observation(30)])
        #expect(result.startedAt == Instant(seconds: 9))
        #expect(result.endedAt == Instant(seconds: 20))
        result.observe(observation(40, started: 40))
        #expect(result.startedAt == Instant(seconds: 40))
        #expect(result.endedAt == nil)
        result.observe(observation(20, ended: 20))
        #expect(result.endedAt == nil)
    }
}

@Suite struct ResourceStoreTests {
    private func observe(
        _ observations: [ResourceObservation], _ cache: ResourceCache, _ database: TestDatabase
    ) async throws -> ResourceNumber? {
        let observed = try await database.pool.transaction { db in
            try ResourceStore().observe(observations, knowing: cache, in: db)
        }
        cache.learn(observed)
        return observed.numbers["server-1"]
    }

    @Test(
        "observations in random order, in random transactions and by two processes leave what the timeline says",
        arguments: 1...8 as ClosedRange<UInt64>)
    func anyOrder(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var observations: [ResourceObservation] = []
        for _ in 0..<20 {
            let second = Int64.random(in: 0..<5_000, using: &random)
            observations.append(
                observation(
                    second, flavor: ["small", "large"].randomElement(using: &random),
                    project: ["p", nil].randomElement(using: &random) ?? nil))
        }
        try await withStore { database in
            let caches = [ResourceCache(), ResourceCache()]
            var timeline: ResourceTimeline?
            var rest = observations[...]
            var number: ResourceNumber?
            while !rest.isEmpty {
                let batch = rest.prefix(Int.random(in: 1...4, using: &random)).sorted { $0.at < $1.at }
                rest = rest.dropFirst(batch.count)
                for observation in batch {
                    if timeline == nil {
                        timeline = ResourceTimeline(observation)
                    } else {
                        timeline?.observe(observation)
                    }
                }
                number = try await observe(batch, caches[Int.random(in: 0...1, using: &random)], database)
            }
            let stored = try #require(number)
            let history = try await database.pool.withSession { db in try ResourceStore().history(of: [stored], in: db)
            }
            let expected = try #require(timeline)
            let present = try await database.pool.withSession { db in
                try db.queryOne(
                    "SELECT project_id, attributes->>'flavor' AS flavor FROM metric.resource WHERE resource_number = \(stored.number)"
                ) { row in [try row["project_id", as: String?.self], try row["flavor", as: String?.self]] }
            }
            #expect(
                present == [
                    expected.present.facts.projectID?.text, expected.present.facts.attributes.members["flavor"]?.string,
                ])
            let newest = observations.max { $0.at < $1.at }
            #expect(present?[1] == newest?.attributes.members["flavor"]?.string)
            for (earlier, later) in zip(history[stored] ?? [], (history[stored] ?? []).dropFirst()) {
                #expect(earlier.end == later.start)
            }
        }
    }

    @Test("attributes with nested objects and numbers are not taken for changed when they come again")
    func nestedAttributes() async throws {
        try await withStore { database in
            let attributes = ResourceAttributes([
                JSONValue.Member("zone", .object([.init("bb", 1), .init("a", 2.5), .init("c", [.null, true])])),
                JSONValue.Member("name", "x"),
            ])
            for second in [0, 1_000, 2_000] as [Int64] {
                let observed = ResourceObservation(id: "server-1", at: Instant(seconds: second), attributes: attributes)
                _ = try await observe([observed], ResourceCache(), database)
            }
            #expect(try await database.count("SELECT count(*) AS n FROM metric.resource_history") == 0)
            let second = try await database.count(
                "SELECT extract(epoch FROM observed_at)::bigint AS n FROM metric.resource")
            #expect(second == 2_000)
        }
    }

    @Test("a known and unchanged resource costs no statement, and what a failed transaction stored is not remembered")
    func cache() async throws {
        try await withStore { database in
            let cache = ResourceCache()
            let first = observation(100, flavor: "small")
            await #expect(throws: Missing.self) {
                try await database.pool.transaction { db in
                    _ = try ResourceStore().observe([first], knowing: cache, in: db)
                    throw Missing()
                }
            }
            #expect(cache.number(of: "server-1") == nil)
            let number = try await observe([first], cache, database)
            #expect(cache.number(of: "server-1") == number)
            try await database.pool.withSession { db in try db.execute("ALTER TABLE metric.resource RENAME TO hidden") }
            #expect(try await observe([observation(160, flavor: "small")], cache, database) == number)
            await #expect(throws: PostgresError.self) {
                try await observe([observation(170, flavor: "large")], cache, database)
            }
        }
    }

    @Test("processes that observe the same new resources at the same time agree on their numbers")
    func concurrency() async throws {
        try await withStore { database in
            let observations = (0..<50).map {
                ResourceObservation(id: ResourceID("r\($0)"), at: Instant(seconds: 5), type: "volume")
            }
            let numbers = try await withThrowingTaskGroup(of: [ResourceID: ResourceNumber].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await database.pool.transaction { db in
                            try ResourceStore().observe(observations.shuffled(), knowing: ResourceCache(), in: db)
                                .numbers
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(numbers).count == 1)
            #expect(numbers[0].count == 50)
        }
    }
}

@Suite struct AssociatedEndTests {
    @Test("what belongs to a resource that ends gets its end, once, and nothing else does")
    func ends() async throws {
        try await withStore { database in
            @Sendable func disk(_ id: ResourceID, of server: String, type: ResourceType = "instance_disk") -> ResourceObservation {
                ResourceObservation(
                    id: id, at: Instant(seconds: 10), type: type,
                    attributes: ResourceAttributes([.init("instance_id", .string(server))]))
            }
            func ended() async throws -> [String] {
                try await database.pool.withSession { db in
                    try db.query("SELECT resource_id FROM metric.resource WHERE ended_at IS NOT NULL ORDER BY 1") {
                        try $0["resource_id", as: String.self]
                    }
                }
            }
            let end = AssociatedEnd(type: "instance_disk", attribute: "instance_id", value: "a", at: Instant(seconds: 20))
            try await database.pool.transaction { db in
                _ = try ResourceStore().observe(
                    [
                        disk("a-vda", of: "a"), disk("a-vdb", of: "a"), disk("b-vda", of: "b"),
                        disk("a-port", of: "a", type: "port"),
                    ], knowing: ResourceCache(), in: db)
                try ResourceStore().end([end, end], in: db)
            }
            #expect(try await ended() == ["a-vda", "a-vdb"])
            let later = AssociatedEnd(type: "instance_disk", attribute: "instance_id", value: "a", at: Instant(seconds: 30))
            try await database.pool.transaction { db in try ResourceStore().end([later], in: db) }
            let ends = try await database.count(
                "SELECT extract(epoch FROM max(ended_at))::bigint AS n FROM metric.resource")
            #expect(ends == 20)
        }
    }

    @Test("the attributes beyond the limit are left out, and U+0000, which the database can't hold, is replaced")
    func attributes() async throws {
        let many = ResourceAttributes((0..<2_000).map { .init("a\($0)", .int(Int64($0))) })
        #expect(many.members.count == ResourceAttributes.countLimit && many.members["a0"] == .int(0))
        let hostile = ResourceAttributes([
            .init("server_group\0", .object([.init("\0", .array([.string("\0x")]))]))
        ])
        try await withStore { database in
            let observation = ResourceObservation(id: "a", at: Instant(seconds: 10), attributes: hostile)
            try await database.pool.transaction { db in
                _ = try ResourceStore().observe([observation], knowing: ResourceCache(), in: db)
            }
            let stored = try await database.pool.withSession { db in
                try db.queryOne("SELECT attributes FROM metric.resource") { try $0["attributes", as: JSONB.self].text }
            }
            #expect(try ResourceAttributes(jsonb: try #require(stored)) == hostile)
        }
    }

    @Test("observations of any two times are compared", arguments: [Int64.min, -8_500_000_000_000_000_000, 0])
    func times(nanoseconds: Int64) async throws {
        try await withStore { database in
            for at in [Instant(nanoseconds: nanoseconds + 1_000), Instant(seconds: 1_800_000_000)] {
                try await database.pool.transaction { db in
                    _ = try ResourceStore().observe(
                        [ResourceObservation(id: "a", at: at, type: "instance")], knowing: ResourceCache(), in: db)
                }
            }
            #expect(try await database.count("SELECT count(*) AS n FROM metric.resource") == 1)
        }
    }
}
