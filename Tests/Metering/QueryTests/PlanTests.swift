import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

@testable import Query

@Suite("The database's plan")
struct PlanTests {
    /// Twenty thousand servers of a hundred projects with five metrics each.
    private func withManyResources(_ body: (Site) async throws -> Void) async throws {
        try await Site.with { site in
            try await site.database.pool.transaction { db in
                try db.execute(
                    """
                    INSERT INTO metric.resource (resource_id, resource_type, project_id, revision_start_at, observed_at)
                    SELECT 'server-' || n, 'instance', 'project-' || n % 100, \(Site.start), \(Site.start)
                      FROM generate_series(1, 20000) AS n
                    """)
                try db.execute(
                    """
                    INSERT INTO metric.metric (resource_number, meter, kind, unit, archive_policy_id)
                    SELECT resource_number, meter, 'gauge', '', (SELECT min(archive_policy_id) FROM metric.archive_policy)
                      FROM metric.resource, unnest(ARRAY['cpu', 'memory', 'vcpus', 'disk', 'power']) AS meter
                    """)
                try db.execute("ANALYZE metric.resource, metric.metric")
            }
            try await body(site)
        }
    }

    private func plan(_ statement: SQL, _ site: Site) async throws -> String {
        let lines = try await site.ask { db in
            try db.query("EXPLAIN \(statement)") { row in try row["QUERY PLAN", as: String.self] }
        }
        return lines.joined(separator: "\n")
    }

    @Test("of a project's list begins at the project's resources")
    func projectList() async throws {
        try await withManyResources { site in
            let plan = try await plan(
                ResourceQueries.statement(ResourceFilter(), Page(size: 100), .project("project-7")), site)
            #expect(plan.contains("resource_project"), "\(plan)")
            #expect(!plan.contains("Seq Scan"), "\(plan)")
        }
    }

    @Test("of one metric of one resource touches neither table as a whole")
    func oneMetric() async throws {
        try await withManyResources { site in
            for scope in [Scope.everything, .project("project-7")] {
                let statement = scope.statement("cpu", ResourceFilter(ids: ["server-7"]))
                let plan = try await plan(statement, site)
                #expect(!plan.contains("Seq Scan on metric"), "\(plan)")
                #expect(!plan.contains("Seq Scan on resource"), "\(plan)")
            }
        }
    }

    @Test("of a project's aggregation begins at the project's resources")
    func projectAggregation() async throws {
        try await withManyResources { site in
            let plan = try await plan(Scope.project("project-7").statement("cpu", ResourceFilter()), site)
            #expect(plan.contains("resource_project"), "\(plan)")
            #expect(!plan.contains("Seq Scan on metric"), "\(plan)")
        }
    }
}
