import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

@Suite
struct EventStoreTests {
    private let store = EventStore()

    private func withStore(_ body: (Pool) async throws -> Void) async throws {
        try await withDatabase(applying: [try MetricStoreSchema.migrator]) { try await body($0.pool) }
    }

    private func fingerprint(_ id: MessageID, _ seed: UInt8) -> MessageFingerprint {
        MessageFingerprint(messageID: id, payloadHash: Array(repeating: seed, count: MessageFingerprint.hashSize))
    }

    private func admit(_ messages: [MessageFingerprint], _ pool: Pool) async throws -> [MessageAdmission] {
        try await pool.transaction { try store.admit(messages, in: $0) }
    }

    private func find(_ id: MessageID, _ pool: Pool) async throws -> Event? {
        try await pool.transaction { try store.event(id, in: $0) }
    }

    // MARK: Admission

    @Test("a message is admitted once, its repetition is a duplicate, another one under its id is refused")
    func admission() async throws {
        try await withStore { pool in
            let messages = [fingerprint("a", 1), fingerprint("b", 1)]
            let first = try await admit(messages, pool)
            #expect(first == [.admitted, .admitted])
            let again = [fingerprint("b", 2), fingerprint("c", 3), fingerprint("a", 1)]
            let second = try await admit(again, pool)
            #expect(second == [.conflicting, .admitted, .duplicate])
        }
    }

    @Test("within one call the first of several with the same id counts")
    func admissionWithinOneCall() async throws {
        try await withStore { pool in
            let messages = [fingerprint("a", 1), fingerprint("a", 1), fingerprint("a", 2)]
            let decisions = try await admit(messages, pool)
            #expect(decisions == [.admitted, .duplicate, .conflicting])
        }
    }

    @Test("a transaction that is rolled back admits nothing")
    func admissionRolledBack() async throws {
        struct Stop: Error {}
        try await withStore { pool in
            await #expect(throws: Stop.self) {
                try await pool.transaction { db in
                    _ = try store.admit([fingerprint("a", 1)], in: db)
                    throw Stop()
                }
            }
            let decisions = try await admit([fingerprint("a", 2)], pool)
            #expect(decisions == [.admitted])
        }
    }

    @Test("of two transactions at the same time one admits a message")
    func admissionAtTheSameTime() async throws {
        try await withStore { pool in
            let ids = (0..<200).map { MessageID("m\($0)") }
            let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let messages = ids.shuffled().map { fingerprint($0, 1) }
                        let result = try await pool.transaction { try store.admit(messages, in: $0) }
                        return result.count { $0 == .admitted }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(admitted == ids.count)
        }
    }

    // MARK: Events

    private static let traits: [Telemetry.Trait] = [
        Telemetry.Trait("bytes", .int(.max)), Telemetry.Trait("host", .text("compute-1")),
        Telemetry.Trait("launched", .datetime(Instant(nanoseconds: 1))),
        Telemetry.Trait("load", .float(0.1)),
    ]

    private func event(_ id: MessageID, _ type: String, at seconds: Int64, _ traits: [Telemetry.Trait] = []) -> Event {
        Event(messageID: id, eventType: type, generated: Instant(seconds: seconds), traits: traits)
    }

    @Test("an event comes back with the types and values of its traits")
    func roundTrip() async throws {
        try await withStore { pool in
            let stored = event("a", "compute.instance.create.end", at: 1_700_000_000, Self.traits)
            try await pool.transaction { try store.insert([stored], in: $0) }
            let (found, missing) = (try await find("a", pool), try await find("b", pool))
            #expect(found == stored)
            #expect(missing == nil)
        }
    }

    @Test(
        "every kind of value survives",
        arguments: [
            TraitValue.text(""), .text("\u{1F600} \"quoted\" \\"), .int(.min), .int(0), .float(1),
            .float(.leastNonzeroMagnitude),
            .float(.greatestFiniteMagnitude), .float(.infinity), .float(-.infinity),
            .datetime(Instant(nanoseconds: -1)),
        ])
    func values(_ value: TraitValue) async throws {
        try await withStore { pool in
            let stored = event("a", "t", at: 0, [Telemetry.Trait("x", value)])
            try await pool.transaction { try store.insert([stored], in: $0) }
            let found = try await find("a", pool)
            #expect(found == stored)
        }
    }

    @Test("a character that PostgreSQL can't hold is replaced, not a failure")
    func nulCharacter() async throws {
        try await withStore { pool in
            try await pool.transaction { db in
                try store.insert([event("a", "t", at: 0, [Telemetry.Trait("x", .text("a\0b"))])], in: db)
            }
            let found = try await pool.transaction { try store.event("a", in: $0) }
            #expect(found?.traits == [Telemetry.Trait("x", .text("a\u{FFFD}b"))])
        }
    }

    private func ids(_ query: EventQuery, _ pool: Pool) async throws -> [String] {
        try await pool.transaction { try store.events(query, in: $0) }.map(\.messageID.text)
    }

    private static func query(limit: Int = 100, _ change: (inout EventQuery) -> Void) -> EventQuery {
        var query = EventQuery(limit: limit)
        change(&query)
        return query
    }

    private func insertSome(_ pool: Pool) async throws {
        let events = [
            event(
                "a", "compute.instance.create.end", at: 10,
                [Telemetry.Trait("host", .text("c1")), Telemetry.Trait("vcpus", .int(2))]),
            event(
                "b", "compute.instance.delete.end", at: 20,
                [Telemetry.Trait("host", .text("c2")), Telemetry.Trait("vcpus", .int(10))]),
            event("c", "volume.create.end", at: 30, [Telemetry.Trait("size", .float(1.5))]),
            event("d", "volume_create", at: 30, [Telemetry.Trait("when", .datetime(Instant(seconds: 5)))]),
        ]
        try await pool.transaction { try store.insert(events, in: $0) }
    }

    @Test(
        "events are found by type, time and traits",
        arguments: [
            (query { _ in }, "abcd"),
            (query { $0.typePattern = "compute.*" }, "ab"),
            (query { $0.typePattern = "*.create.end" }, "ac"),
            (query { $0.typePattern = "volume?create*" }, "cd"),
            (query { $0.typePattern = "volume_create*" }, "d"),
            (query { $0.typePattern = "volume.create.end" }, "c"),
            (query { $0.from = Instant(seconds: 20) }, "bcd"),
            (query { $0.to = Instant(seconds: 20) }, "a"),
            (query { $0.order = .newestFirst }, "dcba"),
            (query { $0.traits = [TraitCondition("host", .equal, .text("c1"))] }, "a"),
            (query { $0.traits = [TraitCondition("host", .notEqual, .text("c1"))] }, "b"),
            (query { $0.traits = [TraitCondition("vcpus", .greater, .int(2))] }, "b"),
            (query { $0.traits = [TraitCondition("vcpus", .greaterOrEqual, .int(2))] }, "ab"),
            (query { $0.traits = [TraitCondition("vcpus", .equal, .text("2"))] }, ""),
            (query { $0.traits = [TraitCondition("size", .lessOrEqual, .float(1.5))] }, "c"),
            (query { $0.traits = [TraitCondition("when", .less, .datetime(Instant(seconds: 6)))] }, "d"),
            (
                query {
                    $0.traits = [TraitCondition("host", .less, .text("c2")), TraitCondition("vcpus", .less, .int(3))]
                }, "a"
            ),
        ])
    func queries(_ query: EventQuery, _ expected: String) async throws {
        try await withStore { pool in
            try await insertSome(pool)
            let found = try await ids(query, pool)
            #expect(found.joined() == expected)
        }
    }

    @Test("pages follow one another without gap or overlap", arguments: EventQuery.Order.allCases)
    func pages(_ order: EventQuery.Order) async throws {
        try await withStore { pool in
            let events = (0..<25).map { event(MessageID("m\($0)"), "t", at: Int64($0 / 4)) }
            try await pool.transaction { try store.insert(events, in: $0) }
            var query = Self.query(limit: 4) { $0.order = order }
            var all: [Event] = []
            while true {
                let page = try await pool.transaction { [query] in try store.events(query, in: $0) }
                guard let last = page.last else { break }
                all += page
                query.marker = EventQuery.Marker(last)
            }
            let sorted = events.sorted { ($0.generated, $0.messageID) < ($1.generated, $1.messageID) }
            #expect(all == (order == .oldestFirst ? sorted : sorted.reversed()))
        }
    }

    @Test("types and their traits are listed")
    func descriptions() async throws {
        try await withStore { pool in
            let none = try await pool.transaction { try store.eventTypes(in: $0) }
            #expect(none == [])
            try await insertSome(pool)
            let types = try await pool.transaction { try store.eventTypes(in: $0) }
            #expect(
                types == [
                    "compute.instance.create.end", "compute.instance.delete.end", "volume.create.end", "volume_create",
                ])
            let traits = try await pool.transaction { try store.traits(ofType: "compute.instance.create.end", in: $0) }
            #expect(
                traits == [TraitDescription(name: "host", type: .text), TraitDescription(name: "vcpus", type: .int)])
        }
    }

    @Test("a search for a trait uses the index on traits")
    func plan() async throws {
        try await withStore { pool in
            try await pool.transaction { db in
                try db.execute(
                    """
                    INSERT INTO event.event
                    SELECT 'm' || n, 'type' || n % 50, '2026-01-01'::timestamptz + n * interval '1 s',
                           jsonb_build_object('server', jsonb_build_object('text', 's' || n))
                      FROM generate_series(1, 20000) AS n
                    """)
            }
            try await pool.withSession { try $0.execute("ANALYZE event.event") }
            let plan = try await pool.transaction { db in
                try db.query(
                    """
                    EXPLAIN SELECT message_id FROM event.event WHERE traits @> '{"server": {"text": "s7"}}'
                     ORDER BY generated_at, message_id LIMIT 10
                    """
                ) { try $0["QUERY PLAN", as: String.self] }
            }
            #expect(plan.joined().contains("event_by_trait"))
        }
    }
}
