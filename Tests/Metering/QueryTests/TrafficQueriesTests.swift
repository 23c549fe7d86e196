import Aggregation
import MetricStore
import Postgres
import Query
import Telemetry
import TestKit
import Testing
import Usage

@Suite("The traffic of network interfaces")
struct TrafficQueriesTests {
    private static let incoming: MeterName = "network.incoming.bytes"

    private func interface(
        _ id: ResourceID, _ project: ProjectID?, at instant: Instant = Site.start
    ) -> ResourceObservation {
        ResourceObservation(
            id: id, at: instant, type: "instance_network_interface", projectID: project, userID: nil,
            attributes: ResourceAttributes([]), startedAt: nil, endedAt: nil)
    }

    private func traffic(
        _ site: Site, from: Instant, to: Instant, project: ProjectID? = nil, scope: Scope = .everything
    ) async throws -> Traffic {
        let period = try #require(UsagePeriod(from: from, to: to))
        return try await site.ask { db in
            try TrafficQueries(now: Site.now).traffic(project: project, in: period, scope: scope, in: db)
        }
    }

    private func bytes(_ traffic: Traffic) -> Int64 {
        traffic.measured.reduce(0) { $0 + Int64($1.quantity.numerator) }
    }

    @Test(
        "a rise counts at the later of its two readings, to the second of the period's bounds",
        arguments: [false, true])
    func bounds(isCompacted: Bool) async throws {
        try await Site.with { site in
            try await site.observe([interface("tap", Site.red), interface("tap", Site.red, at: at("01:03:30"))])
            try await site.append(
                minutely(from: at("01:00:30"), [100, 250, 30, 90]), of: "tap", Self.incoming, kind: .cumulative)
            if isCompacted { try await site.compact() }
            // 150, then a restart with 30, then 60.
            let cases: [(String, String, Int64)] = [
                ("01:00:00", "02:00:00", 240), ("01:01:30", "02:00:00", 240), ("01:01:31", "02:00:00", 90),
                ("01:00:00", "01:01:30", 0), ("01:00:00", "01:01:31", 150), ("01:02:00", "01:03:00", 30),
            ]
            for (from, to, expected) in cases {
                #expect(bytes(try await traffic(site, from: at(from), to: at(to))) == expected, "\(from) \(to)")
            }
            let row = try #require(try await traffic(site, from: at("01:01:00"), to: at("02:00:00")).measured.first)
            #expect(row.period == UsagePeriod(from: at("01:01:00"), to: at("01:03:30")))
            #expect(row.meter == Self.incoming && row.projectID == Site.red && row.unit == .byte)
        }
    }

    @Test("bytes are their owner's at that time, whoever has the interface now")
    func owners() async throws {
        try await Site.with { site in
            try await site.observe([interface("tap", Site.red), interface("tap", Site.blue, at: at("01:02:00"))])
            try await site.append(
                minutely(from: at("01:00:00"), [0, 1, 11, 111]), of: "tap", Self.incoming, kind: .cumulative)
            let all = try await traffic(site, from: Site.start, to: Site.now).measured
            #expect(all.map(\.projectID) == [Site.red, Site.blue])
            #expect(all.map { Int64($0.quantity.numerator) } == [1, 110])
            for scope in [Scope.everything, .project(Site.red)] {
                let red = try await traffic(site, from: Site.start, to: Site.now, project: Site.red, scope: scope)
                #expect(bytes(red) == 1)
            }
            let refused = try await traffic(
                site, from: Site.start, to: Site.now, project: Site.red, scope: .project(Site.blue))
            #expect(refused.measured.isEmpty)
        }
    }

    @Test("a pause of days loses nothing: the first reading after it counts from the last one before")
    func pause() async throws {
        try await Site.with { site in
            let long = try policy(rawTimespan: .seconds(30 * 86_400), methods: [.mean])
            try await site.database.pool.transaction { db in try ArchivePolicyStore().register([long], in: db) }
            let first = Site.start - .seconds(9 * 86_400)
            try await site.observe([
                interface("tap", Site.red, at: first), interface("tap", Site.red, at: at("03:00:00")),
            ])
            let early = Measure(Site.start - .seconds(5 * 86_400), 1_000)
            try await site.append([early], of: "tap", Self.incoming, kind: .cumulative, policy: long)
            try await site.compact()
            try await site.append(
                [Measure(at("03:00:00"), 1_500)], of: "tap", Self.incoming, kind: .cumulative, policy: long)
            #expect(bytes(try await traffic(site, from: Site.start, to: Site.now)) == 500)
            try await site.compact()
            #expect(bytes(try await traffic(site, from: Site.start, to: Site.now)) == 500)
        }
    }

    @Test(
        "what the readings no longer tell the windows do, and where there are none it is said from when on all is known"
    )
    func retention() async throws {
        try await Site.with { site in
            let kept = try policy(name: "kept", rawTimespan: .seconds(7_200), methods: [.rate(.sum)])
            let lost = try policy(name: "lost", rawTimespan: .seconds(7_200), methods: [.mean])
            try await site.database.pool.transaction { db in try ArchivePolicyStore().register([kept, lost], in: db) }
            try await site.observe([
                interface("a", Site.red), interface("a", Site.red, at: Site.now), interface("b", Site.blue),
                interface("b", Site.blue, at: Site.now),
            ])
            let readings = (0..<12 * 60).map { Measure(Site.start + .seconds(60 * $0), Double($0)) }
            try await site.append(
                readings, of: "a", Self.incoming, kind: .cumulative, policy: kept, takenIn: Site.start)
            try await site.append(
                readings, of: "b", Self.incoming, kind: .cumulative, policy: lost, takenIn: Site.start)
            try await site.compact()
            let all = try await traffic(site, from: Site.start, to: Site.now)
            #expect(all.measured.map { Int64($0.quantity.numerator) } == [719, 120])
            #expect(all.knownFrom == at("10:00:00"))
            #expect(try await traffic(site, from: Site.start, to: Site.now, project: Site.red).knownFrom == nil)
            #expect(try await traffic(site, from: at("10:00:00"), to: Site.now).knownFrom == nil)
        }
    }

    @Test("the parts of a period add up to the period, wherever it is cut", arguments: 1...6)
    func parts(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let policy = try policy(name: "p", rawTimespan: .seconds(7_200), methods: [.mean, .rate(.sum)])
        let readings = Self.readings(&random)
        let change = Site.start + .seconds(Int64.random(in: 0...43_000, using: &random))
        let cuts = (0..<4).map { _ in Site.start + .seconds(Int64.random(in: 1...43_199, using: &random)) }.sorted()
        let split = Int.random(in: 0...readings.count, using: &random)
        let isCompacted = Bool.random(using: &random)
        try await Site.with { site in
            try await site.database.pool.transaction { db in try ArchivePolicyStore().register([policy], in: db) }
            try await site.observe([
                interface("tap", Site.red), interface("tap", Site.blue, at: change),
                interface("tap", Site.blue, at: Site.now),
            ])
            for (index, part) in [readings.suffix(from: split), readings.prefix(split)].enumerated() {
                try await site.append(
                    part, of: "tap", Self.incoming, kind: .cumulative, policy: policy, takenIn: Site.start)
                if isCompacted || index == 0 { try await site.compact() }
            }
            var sums: [ProjectID: Int64] = [:]
            let edges = [Site.start] + cuts + [Site.now]
            for (from, to) in zip(edges, edges.dropFirst()) where from < to {
                for usage in try await traffic(site, from: from, to: to).measured {
                    sums[usage.projectID ?? "", default: 0] += Int64(usage.quantity.numerator)
                    #expect(usage.period.from >= from && usage.period.to <= to, "\(usage)")
                }
            }
            let whole = try await traffic(site, from: Site.start, to: Site.now).measured
            let owned = Dictionary(grouping: whole) { $0.projectID ?? "" }.mapValues { usages in
                usages.reduce(Int64(0)) { $0 + Int64($1.quantity.numerator) }
            }
            #expect(owned == sums, "seed \(seed)")
            let rises = Measures(sorting: readings).differences(kind: .cumulative).values.reduce(0, +)
            #expect(Double(sums.values.reduce(0, +)) == rises, "seed \(seed)")
        }
    }

    /// Half a day of a counter that restarts now and then, read at uneven times.
    private static func readings(_ random: inout SeededGenerator) -> [Measure] {
        var readings: [Measure] = []
        var (at, value) = (Int64.random(in: 0...600, using: &random), Int64(0))
        while at < 43_200 {
            value =
                Int.random(in: 0..<20, using: &random) == 0 ? 0 : value + Int64.random(in: 0...9_999, using: &random)
            readings.append(Measure(Site.start + .seconds(at), Double(value)))
            at += Int64.random(in: 1...1_800, using: &random)
        }
        return readings
    }

    /// Windows of ten minutes for a month.
    private func policy(
        name: String = "p", rawTimespan: Duration, methods: [AggregationMethod]
    ) throws -> ArchivePolicy {
        try ArchivePolicy(
            name: name,
            definitions: [try ArchiveDefinition(granularity: .seconds(600), timespan: .seconds(31 * 86_400))],
            methods: methods, rawTimespan: rawTimespan)
    }
}
