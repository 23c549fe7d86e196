import MetricStore
package import Postgres
package import Telemetry

/// Questions about what is metered.
package struct MeterQueries: Sendable {
    package init() {}

    /// The meters of the resources that a filter means, per type of resource, with how many metrics there are of each.
    package func list(
        _ filter: ResourceFilter = ResourceFilter(), scope: Scope, in db: isolated Session
    ) throws -> [MeterSummary] {
        try filter.check()
        let meters = try db.query(
            """
            SELECT meter, resource.resource_type, kind, unit, count(*) AS metric_count
              FROM metric.metric JOIN metric.resource AS resource USING (resource_number)
             WHERE \(scope.condition(on: "resource")) AND \(filter.condition)
             GROUP BY meter, resource.resource_type, kind, unit
             ORDER BY meter, resource.resource_type, kind, unit
             LIMIT \(QueryLimits.meters + 1)
            """
        ) { row in
            MeterSummary(
                meter: try row["meter"], resourceType: try row["resource_type"], kind: try row["kind"],
                unit: try row["unit"],
                metricCount: try row["metric_count"])
        }
        try QueryLimits.check(.meters, meters.count, limit: QueryLimits.meters)
        return meters
    }

    /// The metrics of one resource, in the order of their names.
    ///
    /// - Throws: `QueryError.resourceUnknown` where there is none that the scope may see.
    package func metrics(of id: ResourceID, scope: Scope, in db: isolated Session) throws -> [MetricRecord] {
        _ = try ResourceQueries().resource(id, scope: scope, in: db)
        return try db.query(
            """
            SELECT meter, kind, unit, archive_policy.name AS policy, resource.resource_id
              FROM metric.metric JOIN metric.resource AS resource USING (resource_number)
              JOIN metric.archive_policy USING (archive_policy_id)
             WHERE resource.resource_id = \(id) AND \(scope.condition(on: "resource"))
             ORDER BY meter
            """
        ) { row in
            MetricRecord(
                meter: try row["meter"], kind: try row["kind"], unit: try row["unit"], policyName: try row["policy"],
                resourceID: try row["resource_id"])
        }
    }
}
