import Aggregation
import MetricStore
import Query
import Telemetry
import TestKit
import Testing

@Suite("Questions across resources")
struct AggregateQueriesTests {
    private func groups(
        _ site: Site, _ statistic: AggregationMethod.Statistic, missing: Reaggregation.Missing = .ignored,
        by keys: [GroupKey] = [], filter: ResourceFilter = ResourceFilter(), windowing: Windowing = Windowing()
    ) async throws -> [AggregateGroup] {
        let request = AggregateRequest(
            meter: "memory", filter: filter, windowing: windowing,
            reaggregation: Reaggregation(statistic, missing: missing), groupBy: keys)
        return try await site.ask { db in
            try AggregateQueries(now: Site.now).groups(request, scope: .everything, in: db)
        }
    }

    private func withServers(_ body: (Site) async throws -> Void) async throws {
        try await Site.with { site in
            try await site.observe([
                server("a", Site.red, host: "h1"), server("b", Site.red, host: "h2"),
                server("c", Site.blue, host: "h2"),
                server("d", nil, host: "h3"),
            ])
            try await site.append(minutely(from: at("01:00:00"), [1, 10]), of: "a", "memory")
            try await site.append(minutely(from: at("01:00:00"), [2, 20]), of: "b", "memory")
            try await site.append(minutely(from: at("01:01:00"), [40]), of: "c", "memory")
            try await site.append([], of: "d", "memory")
            try await body(site)
        }
    }

    @Test("count no resources that were gone before the interval, or not observed any more")
    func gone() async throws {
        try await withServers { site in
            try await site.observe([
                server("a", Site.red, at: at("05:00:00")),
                server("b", Site.red, at: at("05:00:00"), endedAt: at("02:00:00")),
            ])
            let later = Windowing(start: at("04:00:00"), stop: Site.now)
            #expect(try await groups(site, .sum, windowing: later).map(\.resources) == [["a"]])
            #expect(try await groups(site, .sum).map(\.resources) == [["a", "b", "c", "d"]])
        }
    }

    @Test("combine the resources' aggregates by each statistic")
    func statistics() async throws {
        try await withServers { site in
            let expected: [(AggregationMethod.Statistic, [Double])] = [
                (.sum, [3, 70]), (.mean, [1.5, 70.0 / 3]), (.min, [1, 10]), (.max, [2, 40]), (.count, [2, 3]),
                (.percentile(50), [1.5, 20]), (.median, [1.5, 20]),
            ]
            for isCompacted in [false, true] {
                if isCompacted { try await site.compact() }
                for (statistic, values) in expected {
                    let group = try #require(try await groups(site, statistic).first)
                    #expect(group.series.aggregates.map(\.timestamp) == [at("01:00:00"), at("01:01:00")])
                    #expect(group.series.aggregates.map(\.value) == values, "\(statistic)")
                    #expect(group.resources == ["a", "b", "c", "d"])
                    #expect(group.key == [])
                }
            }
        }
    }

    @Test("treat missing aggregates as the question says")
    func missing() async throws {
        try await withServers { site in
            let filled = try await groups(site, .mean, missing: .filled(0))
            #expect(filled.first?.series.aggregates.map(\.value) == [0.75, 17.5])
            let overlapping = try await groups(site, .sum, missing: .needing(share: 0.75))
            #expect(overlapping.first?.series.aggregates == [Aggregate(at("01:01:00"), 70)])
        }
    }

    @Test("give a series per group, in the order of the keys, those without the fact first")
    func grouping() async throws {
        try await withServers { site in
            let byProject = try await groups(site, .sum, by: [.project])
            #expect(byProject.map(\.key) == [[nil], ["blue"], ["red"]])
            #expect(byProject.map { $0.series.aggregates.map(\.value) } == [[], [40], [3, 30]])
            let byBoth = try await groups(
                site, .sum, by: [.attribute("host"), .project], filter: ResourceFilter(ids: ["b", "c"]))
            #expect(byBoth.map(\.key) == [["h2", "blue"], ["h2", "red"]])
            let byNumber = try await groups(site, .count, by: [.attribute("vcpus")])
            #expect(byNumber.map(\.key) == [["4"]])
        }
    }

    @Test("over metrics of different policies use the finest granularity that all keep, or say that there is none")
    func mixedPolicies() async throws {
        try await withServers { site in
            try await site.observe([server("e", Site.red)])
            try await site.append(minutely(from: at("01:00:00"), [5, 7]), of: "e", "memory", policy: .high)
            let common = try await groups(site, .sum)
            #expect(common.first?.series.granularity == .seconds(60))
            try await site.observe([server("f", Site.red)])
            try await site.append(minutely(from: at("01:00:00"), [5, 7]), of: "f", "memory", policy: .low)
            await #expect(
                throws: QueryError.granularityAmbiguous([.seconds(1), .seconds(60), .seconds(300), .seconds(3_600)])
            ) { try await groups(site, .sum) }
            let asked = try await groups(site, .max, windowing: Windowing(granularity: .seconds(300), method: .max))
            #expect(asked.first?.series.aggregates == [Aggregate(at("01:00:00"), 40)])
        }
    }

    @Test("about a meter that nobody has give no group")
    func nothing() async throws {
        try await Site.with { site in
            let groups = try await groups(site, .sum, by: [.project])
            #expect(groups.isEmpty)
        }
    }
}
