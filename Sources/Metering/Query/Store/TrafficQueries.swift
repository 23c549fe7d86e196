import Aggregation
import MetricStore
package import Postgres
package import Telemetry
package import Usage

/// Questions about the bytes that network interfaces moved.
///
/// The sum of the rises of each counter between its readings, for its owner at that time; docs/specs/usage.md says what counts
/// when.
package struct TrafficQueries: Sendable {
    /// When one asks, which decides what is still kept.
    package let now: Instant

    private static let meters: [MeterName] = ["network.incoming.bytes", "network.outgoing.bytes"]

    package init(now: Instant) { self.now = now }

    /// The traffic of the interfaces that existed in a period.
    ///
    /// - Parameters:
    ///   - resource: only this interface.
    ///   - type: only interfaces of this type.
    ///   - project: only what this project's interfaces moved while it owned them; the scope can't be widened by it.
    package func traffic(
        of resource: ResourceID? = nil, type: ResourceType? = nil, project: ProjectID? = nil, in period: UsagePeriod,
        scope: Scope, in db: isolated Session
    ) throws -> Traffic {
        let none = Traffic(measured: [], knownFrom: nil)
        guard let owner = scope.narrowed(to: project) else { return none }
        let span = period.from..<period.to
        let filter = ResourceFilter(
            ids: resource.map { [$0] }, types: type.map { [$0] }, existing: span, observedSince: period.from)
        let interfaces = try interfaces(filter, in: span, in: db).compactMap { interface -> Interface? in
            guard let owner else { return interface }
            return interface.owners.contains { $0.projectID == owner } ? interface : nil
        }
        let rises = try CounterReader(now: now).rises(of: interfaces.map(\.counter), in: db)
        let measured = interfaces.flatMap { interface in
            rises[interface.counter.series.id].map { interface.measured($0) } ?? []
        }
        let gaps = interfaces.compactMap { interface in
            rises[interface.counter.series.id]?.knownFrom.flatMap { $0 > interface.firstObserved ? $0 : nil }
        }
        return Traffic(
            measured: owner.map { owner in measured.filter { $0.projectID == owner } } ?? measured,
            knownFrom: gaps.max())
    }

    /// The counters of the interfaces that a filter means, with their owners.
    private func interfaces(
        _ filter: ResourceFilter, in span: Range<Instant>, in db: isolated Session
    ) throws -> [Interface] {
        try filter.check()
        let owners = try owners(filter, in: db)
        let policies = try ArchivePolicyStore().all(in: db).values
        let policyNamed = Dictionary(policies.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return try db.query(
            """
            SELECT metric_id, meter, archive_policy.name AS policy, resource.resource_number, resource_id, resource_type,
                   project_id, revision_start_at
              FROM metric.metric JOIN metric.resource AS resource USING (resource_number)
              JOIN metric.archive_policy USING (archive_policy_id)
             WHERE meter = ANY(\(Self.meters)) AND kind = \(MeterKind.cumulative) AND \(filter.condition)
             ORDER BY metric_id
            """
        ) { row in
            let name = try row["policy", as: String.self]
            guard let policy = policyNamed[name] else { throw QueryError.policyUnknown(name) }
            let number = try row["resource_number", as: Int64.self]
            let present = Ownership(from: try row["revision_start_at"], projectID: try row["project_id"])
            let known = (owners[number] ?? []) + [present]
            return Interface(
                id: try row["resource_id"], type: try row["resource_type"], meter: try row["meter"],
                series: .init(id: try row["metric_id"], kind: .cumulative, policy: policy), known: known, span: span)
        }
    }

    /// The earlier owners of the resources that a filter means, by their numbers.
    private func owners(_ filter: ResourceFilter, in db: isolated Session) throws -> [Int64: [Ownership]] {
        let rows = try db.query(
            """
            SELECT history.resource_number, history.revision_start_at, history.project_id
              FROM metric.resource_history AS history JOIN metric.resource AS resource USING (resource_number)
             WHERE \(filter.condition)
               AND EXISTS (SELECT FROM metric.metric
                            WHERE metric.resource_number = resource.resource_number AND meter = ANY(\(Self.meters)))
            """
        ) { row in
            (
                try row["resource_number", as: Int64.self],
                Ownership(from: try row["revision_start_at"], projectID: try row["project_id"])
            )
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
}

/// One counter of a network interface, and who owned it.
private struct Interface {
    let id: ResourceID
    let type: ResourceType
    let meter: MeterName
    let owners: [Ownership]
    let firstObserved: Instant
    let counter: CounterReader.Counter

    init(
        id: ResourceID, type: ResourceType, meter: MeterName, series: MeasureReader.Series, known: [Ownership],
        span: Range<Instant>
    ) {
        self.id = id
        self.type = type
        self.meter = meter
        let owners = known.owners(in: span)
        // One that was first observed after the span, its readings before: they are its first known owner's.
        self.owners = owners.isEmpty ? [Ownership(from: span.lowerBound, projectID: known.first?.projectID)] : owners
        firstObserved = known.map(\.from).min() ?? span.lowerBound
        counter = CounterReader.Counter(series, bounds: self.owners.map(\.from) + [span.upperBound])
    }

    /// What each owner's part of the time has counted.
    func measured(_ rises: CounterRises) -> [UsageReport.Measured] {
        zip(owners, rises.parts).enumerated().compactMap { index, part in
            let bounds = counter.bounds[index]..<counter.bounds[index + 1]
            guard let rise = part.1, let bytes = Int64(exactly: rise.amount.rounded()), bytes > 0 else { return nil }
            let (start, end) = (
                max(rise.span.lowerBound, bounds.lowerBound), min(rise.span.upperBound, bounds.upperBound)
            )
            // What comes about within one second takes that second.
            guard let span = UsagePeriod(from: start, to: end) ?? UsagePeriod(from: start, to: start + .seconds(1))
            else {
                return nil
            }
            return UsageReport.Measured(
                projectID: part.0.projectID, resourceType: type, resourceID: id, meter: meter,
                quantity: UsageQuantity(bytes), unit: .byte, period: span)
        }
    }
}
