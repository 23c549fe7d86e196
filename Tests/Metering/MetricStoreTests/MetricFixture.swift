import Aggregation
import MetricStore
import Postgres
import Telemetry
import TestKit

/// A migrated database with some archive policies.
func withStore(
    policies: [ArchivePolicy] = ArchivePolicy.defaults, _ body: (TestDatabase) async throws -> Void
) async throws {
    try await withDatabase(applying: [try MetricStoreSchema.migrator]) { database in
        try await database.pool.transaction { db in try ArchivePolicyStore().register(policies, in: db) }
        try await body(database)
    }
}

extension TestDatabase {
    /// Registers a resource with one metric per kind and policy name.
    func metrics(
        _ wanted: [(meter: MeterName, kind: MeterKind, policy: ArchivePolicy)], of resource: ResourceID = "server-1"
    ) async throws -> [MeasureReader.Series] {
        try await pool.transaction { db in
            let observation = ResourceObservation(id: resource, at: Instant(seconds: 0), type: "instance")
            let observed = try ResourceStore().observe([observation], knowing: ResourceCache(), in: db)
            guard let number = observed.numbers[resource] else { throw Missing() }
            let keys = wanted.map {
                MetricRegistry.Wanted(
                    resource: number, meter: $0.meter, kind: $0.kind, unit: "B", policyName: $0.policy.name)
            }
            let metrics = try MetricRegistry().intern(keys, in: db)
            return try wanted.map { wanted in
                guard let metric = metrics[MetricRegistry.Key(resource: number, meter: wanted.meter)] else {
                    throw Missing()
                }
                return MeasureReader.Series(metric, policy: wanted.policy)
            }
        }
    }

    /// Appends measures in one transaction.
    func append(_ measures: [(series: MeasureReader.Series, measure: Measure)], now: Instant) async throws {
        try await pool.transaction { db in
            var intake = MeasureIntake(now: now)
            for (series, measure) in measures {
                intake.add(InternedMetric(series), at: measure.timestamp, measure.value)
            }
            try MeasureStore().append(intake, in: db)
        }
    }

    func count(_ sql: SQL) async throws -> Int {
        try await pool.withSession { db in try db.queryOne(sql) { try $0["n", as: Int.self] } ?? -1 }
    }
}

extension InternedMetric {
    init(_ series: MeasureReader.Series) {
        self.init(id: series.id, kind: series.kind, rawTimespan: series.policy.rawTimespan)
    }
}

struct Missing: Error {}

extension Instant {
    /// A time of a day that all tests share: 2026-11-23 plus days and a time.
    static func at(_ text: String, day: Int = 0) -> Instant {
        guard let instant = Instant("2026-11-23T\(text)") else { preconditionFailure("Not a time: \(text)") }
        return instant + .seconds(day * 86_400)
    }
}
