package import Aggregation
package import Postgres
package import Telemetry

/// One stored series: a meter of a resource under an archive policy.
package struct Metric: Hashable, Sendable {
    package let id: MetricID
    package let resource: ResourceNumber
    package let meter: MeterName
    package let kind: MeterKind
    package let unit: String
    package let policyID: ArchivePolicyID

    init(_ row: borrowing Row) throws {
        id = try row["metric_id"]
        resource = ResourceNumber(try row["resource_number"])
        meter = try row["meter"]
        kind = try row["kind"]
        unit = try row["unit"]
        policyID = ArchivePolicyID(number: try row["archive_policy_id"])
    }
}

/// The registry of metrics: `metric.metric`, which gives each a dense number.
package struct MetricRegistry: Sendable {
    package init() {}

    /// What is to be a metric.
    package struct Wanted: Hashable, Sendable {
        package let resource: ResourceNumber
        package let meter: MeterName
        package let kind: MeterKind
        package let unit: String
        /// The name of the archive policy that a new metric gets.
        package let policyName: String

        package init(resource: ResourceNumber, meter: MeterName, kind: MeterKind, unit: String, policyName: String) {
            self.resource = resource
            self.meter = meter
            self.kind = kind
            self.unit = unit
            self.policyName = policyName
        }
    }

    /// What names a metric.
    package struct Key: Hashable, Sendable {
        package let resource: ResourceNumber
        package let meter: MeterName

        package init(resource: ResourceNumber, meter: MeterName) {
            self.resource = resource
            self.meter = meter
        }
    }

    /// The metrics of these, made where they don't exist.
    ///
    /// A metric that exists keeps its kind, unit and policy.
    ///
    /// - Throws: `MetricRegistryError.policyUnknown` where a policy's name was never registered.
    package func intern(_ wanted: [Wanted], in db: isolated Session) throws -> [Key: Metric] {
        let unique = Dictionary(wanted.map { (Key(resource: $0.resource, meter: $0.meter), $0) }) { first, _ in first }
        let keys = Array(unique.keys)
        var metrics = try find(keys, in: db)
        let missing = unique.filter { metrics[$0.key] == nil }.map(\.value)
        guard !missing.isEmpty else { return metrics }
        try insert(missing.sorted { ($0.resource, $0.meter) < ($1.resource, $1.meter) }, in: db)
        metrics.merge(try find(missing.map { Key(resource: $0.resource, meter: $0.meter) }, in: db)) { _, new in new }
        if let lost = unique.first(where: { metrics[$0.key] == nil }) {
            throw MetricRegistryError.policyUnknown(lost.value.policyName)
        }
        return metrics
    }

    /// Metrics by their names; those that don't exist are missing.
    package func find(_ keys: [Key], in db: isolated Session) throws -> [Key: Metric] {
        let metrics = try db.query(
            """
            SELECT metric_id, resource_number, meter, kind, unit, archive_policy_id
              FROM metric.metric
             WHERE (resource_number, meter) IN (SELECT * FROM unnest(\(keys.map(\.resource.number)), \(keys.map(\.meter))))
            """, Metric.init)
        return Dictionary(uniqueKeysWithValues: metrics.map { (Key(resource: $0.resource, meter: $0.meter), $0) })
    }

    /// Metrics by their numbers; those that don't exist are missing.
    package func metrics(_ ids: [MetricID], in db: isolated Session) throws -> [MetricID: Metric] {
        let metrics = try db.query(
            """
            SELECT metric_id, resource_number, meter, kind, unit, archive_policy_id
              FROM metric.metric WHERE metric_id = ANY(\(ids))
            """, Metric.init)
        return Dictionary(uniqueKeysWithValues: metrics.map { ($0.id, $0) })
    }

    private func insert(_ wanted: [Wanted], in db: isolated Session) throws {
        try db.execute(
            """
            INSERT INTO metric.metric (resource_number, meter, kind, unit, archive_policy_id)
            SELECT resource, new.meter, new.kind, new.unit, archive_policy_id
              FROM unnest(\(wanted.map(\.resource.number)), \(wanted.map(\.meter)), \(wanted.map(\.kind)), \(wanted.map(\.unit)),
                          \(wanted.map(\.policyName)))
                   WITH ORDINALITY AS new (resource, meter, kind, unit, policy, position)
              JOIN metric.archive_policy ON archive_policy.name = new.policy
             ORDER BY new.position
            ON CONFLICT (resource_number, meter) DO NOTHING
            """)
    }
}

/// Why metrics could not be registered.
package enum MetricRegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    case policyUnknown(String)

    package var description: String {
        switch self {
        case .policyUnknown(let name): "The archive policy \"\(name)\" is not registered in the store"
        }
    }
}
