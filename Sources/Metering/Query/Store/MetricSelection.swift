import Aggregation
import MetricStore
import Postgres
import Telemetry

/// A metric that a question reads, with its resource.
struct SelectedMetric {
    let series: MeasureReader.Series
    let resource: ResourceRecord
    /// From when on the scope may see measures; nil for all.
    let visibleFrom: Instant?

    var id: MetricID { series.id }
}

extension Scope {
    /// The metrics of one meter of the resources that a filter means, in the order of the resources' ids.
    ///
    /// A project sees what was measured since the resource came to it for the last time: what was measured before
    /// belongs to the earlier owner.
    ///
    /// - Throws: `QueryError.limitExceeded` where there are more than `QueryLimits.metrics`.
    func metrics(of meter: MeterName, _ filter: ResourceFilter, in db: isolated Session) throws -> [SelectedMetric] {
        try filter.check()
        let policies = try ArchivePolicyStore().all(in: db).values
        let policyNamed = Dictionary(policies.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let metrics = try db.query(statement(meter, filter)) { row in
            let name = try row["policy", as: String.self]
            guard let policy = policyNamed[name] else { throw QueryError.policyUnknown(name) }
            return SelectedMetric(
                series: .init(id: try row["metric_id"], kind: try row["kind"], policy: policy),
                resource: try ResourceRecord(row), visibleFrom: try row["visible_from"])
        }
        try QueryLimits.check(.metrics, metrics.count, limit: QueryLimits.metrics)
        return metrics
    }

    func statement(_ meter: MeterName, _ filter: ResourceFilter) -> SQL {
        let visibleFrom: SQL =
            switch self {
            case .everything: "NULL::timestamptz"
            case .project(let project):
                """
                (SELECT max(revision_end_at) FROM metric.resource_history AS history
                  WHERE history.resource_number = resource.resource_number AND history.project_id <> \(project))
                """
            }
        return """
            SELECT metric_id, kind, archive_policy.name AS policy, \(visibleFrom) AS visible_from,
                   resource_id, resource_type, project_id, user_id, attributes,
                   revision_start_at, observed_at, started_at, ended_at
              FROM metric.metric JOIN metric.resource AS resource USING (resource_number)
              JOIN metric.archive_policy USING (archive_policy_id)
             WHERE meter = \(meter) AND \(condition(on: "resource")) AND \(filter.condition)
             ORDER BY resource_id
             LIMIT \(QueryLimits.metrics + 1)
            """
    }
}
