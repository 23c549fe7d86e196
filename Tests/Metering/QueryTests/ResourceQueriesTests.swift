import JSON
import MetricStore
import Postgres
import Query
import Telemetry
import TestKit
import Testing

@Suite("Questions about resources")
struct ResourceQueriesTests {
    @Test("are answered page by page in the order of ids")
    func pages() async throws {
        try await Site.with { site in
            try await site.observe((1...7).map { server(ResourceID("s\($0)"), Site.red) })
            var pages: [[String]] = []
            var after: ResourceID?
            repeat {
                let page = Page(after: after, size: 3)
                let answer = try await site.ask { db in
                    try ResourceQueries().list(page: page, scope: .everything, in: db)
                }
                pages.append(answer.resources.map(\.id.text))
                after = answer.next
            } while after != nil
            #expect(pages == [["s1", "s2", "s3"], ["s4", "s5", "s6"], ["s7"]])
        }
    }

    @Test("find by type, project, attribute and lifetime")
    func filters() async throws {
        try await Site.with { site in
            try await site.observe([
                server("early", Site.red, host: "h1", startedAt: at("01:00:00"), endedAt: at("02:00:00")),
                server("late", Site.blue, host: "h2", startedAt: at("03:00:00")), server("unknown", nil, host: "h2"),
                ResourceObservation(id: "disk", at: Site.start, type: "volume", projectID: Site.red),
            ])
            let expected: [(ResourceFilter, [String])] = [
                (ResourceFilter(), ["disk", "early", "late", "unknown"]), (ResourceFilter(types: ["volume"]), ["disk"]),
                (ResourceFilter(projects: [Site.red]), ["disk", "early"]),
                (ResourceFilter(ids: ["late", "nowhere"]), ["late"]),
                (ResourceFilter(attributes: ["host": "h2"]), ["late", "unknown"]),
                (
                    ResourceFilter(
                        attributes: ["host": "h2", "vcpus": "4"], existing: at("00:00:00")..<at("02:00:00")),
                    ["unknown"]
                ),
                (ResourceFilter(types: ["instance"], existing: at("01:30:00")..<at("01:40:00")), ["early", "unknown"]),
                (ResourceFilter(types: ["instance"], existing: at("02:00:00")..<at("03:00:00")), ["unknown"]),
                (ResourceFilter(attributes: ["host' OR 'a'='a": "x"]), []),
            ]
            for (filter, ids) in expected {
                let page = try await site.ask { db in try ResourceQueries().list(filter, scope: .everything, in: db) }
                #expect(page.resources.map(\.id.text) == ids, "\(filter)")
            }
        }
    }

    @Test("give the facts as last observed and all revisions")
    func history() async throws {
        try await Site.with { site in
            try await site.observe([
                server("s", Site.red, host: "h1", startedAt: at("00:00:00")),
                server("s", Site.red, at: at("05:00:00"), host: "h2"),
            ])
            let resource = try await site.ask { db in
                try ResourceQueries().resource("s", scope: .project(Site.red), in: db)
            }
            #expect(resource.facts.attributes["host"]?.string == "h2")
            #expect(resource.revisionStart == at("05:00:00"))
            #expect(resource.startedAt == at("00:00:00"))
            let history = try await site.ask { db in try ResourceQueries().history(of: "s", scope: .everything, in: db)
            }
            #expect(history.map { $0.facts.attributes["host"]?.string } == ["h1", "h2"])
            #expect(history.map(\.end) == [at("05:00:00"), nil])
        }
    }

    @Test("above a limit are refused, naming it")
    func limits() async throws {
        try await Site.with { site in
            await #expect(throws: QueryError.limitExceeded(.pageSize, found: 1_001, limit: 1_000)) {
                try await site.ask { db in
                    try ResourceQueries().list(page: Page(size: 1_001), scope: .everything, in: db)
                }
            }
            let ids = (0...1_000).map { ResourceID("\($0)") }
            await #expect(throws: QueryError.limitExceeded(.filterValues, found: 1_001, limit: 1_000)) {
                try await site.ask { db in
                    try ResourceQueries().list(ResourceFilter(ids: ids), scope: .everything, in: db)
                }
            }
        }
    }

    @Test("count the metrics of each meter and type")
    func meters() async throws {
        try await Site.with { site in
            try await site.observe([server("a", Site.red), server("b", Site.red), server("c", Site.blue)])
            for id in ["a", "b", "c"] as [ResourceID] { try await site.append([], of: id, "memory") }
            try await site.append([], of: "a", "cpu", kind: .cumulative)
            let all = try await site.ask { db in try MeterQueries().list(scope: .everything, in: db) }
            #expect(all.map(\.meter.text) == ["cpu", "memory"])
            #expect(all.map(\.metricCount) == [1, 3])
            let red = try await site.ask { db in try MeterQueries().list(scope: .project(Site.red), in: db) }
            #expect(red.map(\.metricCount) == [1, 2])
            let metrics = try await site.ask { db in try MeterQueries().metrics(of: "a", scope: .everything, in: db) }
            #expect(metrics.map(\.meter.text) == ["cpu", "memory"])
            #expect(metrics.first?.kind == .cumulative)
            #expect(metrics.first?.policyName == "medium")
        }
    }
}
