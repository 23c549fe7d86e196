import Aggregation
import MetricStore
import Postgres
import Query
import Telemetry
import TestKit
import Testing

@Suite("A project's scope")
struct ScopeTests {
    /// What a project may not see, whichever way it asks.
    private static let blue = Scope.project(Site.blue)

    @Test("hides other projects' resources, meters and measures, and whether they exist")
    func isolation() async throws {
        try await Site.with { site in
            try await site.observe([server("red-1", Site.red), server("blue-1", Site.blue), server("nobody", nil)])
            for id in ["red-1", "blue-1", "nobody"] as [ResourceID] {
                try await site.append(minutely(from: at("01:00:00"), [1, 2, 3]), of: id, "memory")
            }
            let visible: [ResourceID] = ["blue-1"]
            let filters = [
                ResourceFilter(), ResourceFilter(projects: [Site.red]),
                ResourceFilter(ids: ["red-1", "blue-1", "nobody"]),
                ResourceFilter(attributes: ["host": "h1"]),
            ]
            for filter in filters {
                let page = try await site.ask { db in try ResourceQueries().list(filter, scope: Self.blue, in: db) }
                #expect(page.resources.allSatisfy { visible.contains($0.id) }, "\(filter)")
                let meters = try await site.ask { db in try MeterQueries().list(filter, scope: Self.blue, in: db) }
                #expect(meters.allSatisfy { $0.metricCount == 1 }, "\(filter)")
                let request = AggregateRequest(
                    meter: "memory", filter: filter, windowing: Windowing(), reaggregation: Reaggregation(.sum))
                let groups = try await site.ask { db in
                    try AggregateQueries(now: Site.now).groups(request, scope: Self.blue, in: db)
                }
                #expect(groups.allSatisfy { $0.resources == visible }, "\(filter)")
            }
            for hidden in ["red-1", "nobody", "nowhere"] as [ResourceID] {
                try await expectUnknown(hidden, site)
            }
        }
    }

    /// Every question about a hidden resource fails as one about a resource that isn't there.
    private func expectUnknown(_ id: ResourceID, _ site: Site) async throws {
        let questions: [@Sendable (isolated Session) throws -> Void] = [
            { db in _ = try ResourceQueries().resource(id, scope: Self.blue, in: db) },
            { db in _ = try ResourceQueries().history(of: id, scope: Self.blue, in: db) },
            { db in _ = try MeterQueries().metrics(of: id, scope: Self.blue, in: db) },
            { db in _ = try MeasureQueries(now: Site.now).measures(of: id, meter: "memory", scope: Self.blue, in: db) },
            { db in
                _ = try MeasureQueries(now: Site.now)
                    .aggregates(of: id, meter: "memory", Windowing(), scope: Self.blue, in: db)
            },
        ]
        for question in questions {
            await #expect(throws: QueryError.resourceUnknown(id)) { try await site.ask(question) }
        }
    }

    @Test("begins when a resource came to the project: what was measured and known before stays the earlier owner's")
    func transfer() async throws {
        try await Site.with { site in
            try await site.observe([
                server("disk", Site.red), server("disk", Site.blue, at: at("02:00:30"), host: "h2"),
            ])
            try await site.append(
                minutely(from: at("01:58:00"), [1, 2, 3, 4, 5]), of: "disk", "size", policy: .medium)
            for isCompacted in [false, true] {
                if isCompacted { try await site.compact() }
                let own = try await site.ask { db in
                    try MeasureQueries(now: Site.now).measures(of: "disk", meter: "size", scope: Self.blue, in: db)
                }
                #expect(own.values == [4, 5])
                let windows = try await site.ask { db in
                    try MeasureQueries(now: Site.now).aggregates(
                        of: "disk", meter: "size", Windowing(granularity: .seconds(60)), scope: Self.blue, in: db)
                }
                #expect(windows.aggregates.map(\.timestamp) == [at("02:01:00"), at("02:02:00")])
                let hours = try await site.ask { db in
                    try MeasureQueries(now: Site.now).aggregates(
                        of: "disk", meter: "size", Windowing(granularity: .seconds(3_600)), scope: Self.blue, in: db)
                }
                #expect(hours.aggregates.isEmpty)
                let all = try await site.ask { db in
                    try MeasureQueries(now: Site.now).measures(of: "disk", meter: "size", scope: .everything, in: db)
                }
                #expect(all.values == [1, 2, 3, 4, 5])
            }
            let revisions = try await site.ask { db in
                try ResourceQueries().history(of: "disk", scope: Self.blue, in: db)
            }
            #expect(revisions.map(\.facts.projectID) == [Site.blue])
            let earlier = try await site.ask { db in
                try ResourceQueries().history(of: "disk", scope: .project(Site.red), in: db)
            }
            #expect(earlier.map(\.facts.projectID) == [Site.red])
            await #expect(throws: QueryError.resourceUnknown("disk")) {
                try await site.ask { db in
                    try MeasureQueries(now: Site.now).measures(
                        of: "disk", meter: "size", scope: .project(Site.red), in: db)
                }
            }
        }
    }
}
