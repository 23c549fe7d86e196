import MetricStore
import Postgres
import Query
import Telemetry
import TestKit
import Testing
import Usage

@Suite("A project's usage and events")
struct UsageAndEventQueriesTests {
    /// A volume of the red project, handed to the blue one at two o'clock.
    private static let facts = [
        fact("create", at("01:00:00"), Site.red),
        fact("transfer", at("02:00:00"), Site.blue),
        fact("delete", at("03:00:00"), Site.blue, end: .stated(at("03:00:00"))),
    ]

    private static func fact(
        _ id: MessageID, _ time: Instant, _ project: ProjectID, end: UsageFact.End? = nil
    ) -> UsageFact {
        UsageFact(
            messageID: id, eventType: "volume.\(id).end", generated: time, resourceType: "volume", resourceID: "v",
            standing: .observation, isLandmark: id != "transfer", start: .stated(at("01:00:00")), end: end,
            attributes: UsageAttributes(projectID: project, sizeBytes: 1 << 30))
    }

    private func withVolume(_ body: (Site, UsagePeriod) async throws -> Void) async throws {
        let period = try #require(UsagePeriod(from: at("00:00:00"), to: at("12:00:00")))
        try await Site.with { site in
            try await site.database.pool.transaction { db in try UsageStore().record(Self.facts, in: db) }
            try await body(site, period)
        }
    }

    @Test("are the intervals of its own time, whatever project it asks for")
    func intervals() async throws {
        try await withVolume { site, period in
            let cases: [(Scope, ProjectID?, [Instant])] = [
                (.everything, nil, [at("02:00:00"), at("01:00:00")]), (.everything, Site.blue, [at("02:00:00")]),
                (.project(Site.red), nil, [at("01:00:00")]), (.project(Site.red), Site.red, [at("01:00:00")]),
                (.project(Site.red), Site.blue, []),
            ]
            for (scope, project, expected) in cases {
                let found = try await site.ask { db in
                    var found: [Instant] = []
                    try UsageQueries().forEachResource(project: project, in: period, scope: scope, in: db) {
                        found += $0.map(\.from)
                    }
                    return found
                }
                #expect(found == expected, "\(scope) \(String(describing: project))")
            }
        }
    }

    @Test("are explained by the facts of its own intervals")
    func explanations() async throws {
        try await withVolume { site, _ in
            func ids(_ scope: Scope) async throws -> (intervals: [Instant], facts: Set<MessageID>) {
                try await site.ask { db in
                    let explanations = try UsageQueries().explanations(of: "v", scope: scope, in: db).map(\.explanation)
                    let chapters = explanations.flatMap(\.chapters)
                    let facts =
                        chapters.flatMap { [$0.opening, $0.closing].compactMap(\.self) + $0.confirmations }
                        + explanations.flatMap(\.others)
                    return (chapters.map(\.interval.from), Set(facts.map(\.messageID)))
                }
            }
            let red = try await ids(.project(Site.red))
            #expect(red.intervals == [at("01:00:00")])
            #expect(red.facts == ["create", "transfer"])
            let blue = try await ids(.project(Site.blue))
            #expect(blue.intervals == [at("02:00:00")])
            #expect(blue.facts == ["transfer", "delete"])
            let all = try await ids(.everything)
            #expect(all.facts == ["create", "transfer", "delete"])
            await #expect(throws: QueryError.resourceUnknown("v")) {
                try await site.ask { db in
                    _ = try UsageQueries().explanations(of: "v", scope: .project("green"), in: db)
                }
            }
        }
    }

    @Test("are the events that name it")
    func events() async throws {
        try await Site.with { site in
            let events = [("e1", "red"), ("e2", "blue"), ("e3", nil)].map { id, project in
                Event(
                    messageID: MessageID(id), eventType: "volume.create.end", generated: at("01:00:00"),
                    traits: project.map { [Trait("project_id", .text($0))] } ?? [])
            }
            try await site.database.pool.transaction { db in try EventStore().insert(events, in: db) }
            let all = try await site.ask { db in
                try EventQueries().events(EventQuery(limit: 10), scope: .everything, in: db).map(\.messageID)
            }
            #expect(all == ["e1", "e2", "e3"])
            var foreign = EventQuery(limit: 10)
            foreign.traits = [TraitCondition("project_id", .equal, .text("red"))]
            for (query, expected) in [(EventQuery(limit: 10), ["e2"]), (foreign, [])] {
                let found = try await site.ask { db in
                    try EventQueries().events(query, scope: .project(Site.blue), in: db).map(\.messageID.text)
                }
                #expect(found == expected)
            }
            for (id, isVisible) in [("e1", false), ("e2", true), ("e3", false), ("e4", false)] {
                let event = try await site.ask { db in
                    try EventQueries().event(MessageID(id), scope: .project(Site.blue), in: db)
                }
                #expect((event != nil) == isVisible, "\(id)")
            }
            await #expect(throws: QueryError.limitExceeded(.events, found: 10_001, limit: 10_000)) {
                try await site.ask { db in
                    _ = try EventQueries().events(EventQuery(limit: 10_001), scope: .everything, in: db)
                }
            }
        }
    }
}
