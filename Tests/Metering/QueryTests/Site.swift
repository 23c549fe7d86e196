import Aggregation
import JSON
import MetricStore
import Postgres
import Telemetry
import TestKit

/// A small cloud in a database of its own: resources of two projects and one of the host, with measures of a day.
struct Site: Sendable {
    static let start = at("00:00:00")
    static let now = at("12:00:00")
    static let red: ProjectID = "red"
    static let blue: ProjectID = "blue"

    let database: TestDatabase

    /// Makes the cloud, lends it, and drops it.
    static func with(_ body: (Site) async throws -> Void) async throws {
        try await withDatabase(applying: [try MetricStoreSchema.migrator]) { database in
            try await database.pool.transaction { db in
                try ArchivePolicyStore().register(ArchivePolicy.defaults, in: db)
            }
            try await body(Site(database: database))
        }
    }

    /// Runs a question as the API does.
    func ask<Answer: Sendable>(_ question: @Sendable (isolated Session) throws -> Answer) async throws -> Answer {
        try await database.pool.transaction(isolation: .repeatableRead, readOnly: true, question)
    }

    /// Registers resources.
    func observe(_ observations: [ResourceObservation]) async throws {
        try await database.pool.transaction { db in
            _ = try ResourceStore().observe(observations, knowing: ResourceCache(), in: db)
        }
    }

    /// Appends measures of one meter of one resource, which is registered already.
    func append(
        _ measures: some Sequence<Measure> & Sendable, of resource: ResourceID, _ meter: MeterName,
        kind: MeterKind = .gauge,
        policy: ArchivePolicy = .medium, takenIn: Instant = Site.now
    ) async throws {
        try await database.pool.transaction { db in
            let number = try db.queryOne("SELECT resource_number FROM metric.resource WHERE resource_id = \(resource)")
            { row in
                ResourceNumber(try row["resource_number"])
            }
            guard let number else { throw Missing(what: resource.text) }
            let wanted = MetricRegistry.Wanted(
                resource: number, meter: meter, kind: kind, unit: "B", policyName: policy.name)
            let metrics = try MetricRegistry().intern([wanted], in: db)
            guard let metric = metrics[MetricRegistry.Key(resource: number, meter: meter)] else {
                throw Missing(what: meter.text)
            }
            var intake = MeasureIntake(now: takenIn)
            for measure in measures {
                intake.add(InternedMetric(metric, policy: policy), at: measure.timestamp, measure.value)
            }
            try MeasureStore().append(intake, in: db)
        }
    }

    /// Makes chunks of all batches and folds all that can be folded.
    func compact() async throws {
        var settings = CompactorSettings()
        settings.segmentLimit = 1
        _ = try await Compactor(database.pool, settings: settings).run(now: Site.now)
    }

    struct Missing: Error {
        let what: String
    }
}

/// A time of the day of all tests.
func at(_ text: String) -> Instant {
    guard let instant = Instant("2026-11-23T\(text)") else { preconditionFailure("Not a time: \(text)") }
    return instant
}

/// A server of a project.
func server(
    _ id: ResourceID, _ project: ProjectID?, at instant: Instant = Site.start, host: String = "h1",
    startedAt: Instant? = nil,
    endedAt: Instant? = nil
) -> ResourceObservation {
    ResourceObservation(
        id: id, at: instant, type: "instance", projectID: project, userID: "somebody",
        attributes: ResourceAttributes([.init("host", .string(host)), .init("vcpus", .int(4))]), startedAt: startedAt,
        endedAt: endedAt)
}

/// One value a minute from a time on.
func minutely(from start: Instant, _ values: [Double]) -> [Measure] {
    values.enumerated().map { Measure(start + .seconds(60 * $0.offset), $0.element) }
}
