import Aggregation
import Postgres
import Query
import Telemetry
import Usage

/// The bytes that network interfaces received and sent in a period, from their counters.
///
/// The sum of the rises of each counter between its readings; a fall is a restart. Windows are the finest that are kept, and
/// count where they begin: a period that starts within one begins with the next.
struct NetworkTraffic {
    let period: UsagePeriod
    let now: Instant

    private static let meters: [MeterName] = ["network.incoming.bytes", "network.outgoing.bytes"]

    func measured(
        of resource: ResourceID?, type: ResourceType?, project: ProjectID?, in db: isolated Session
    ) throws -> [UsageReport.Measured] {
        let filter = ResourceFilter(
            ids: resource.map { [$0] }, types: type.map { [$0] }, projects: project.map { [$0] })
        let windowing = Windowing(
            start: period.from, stop: period.to, method: AggregationMethod(.sum, isRate: true))
        return try Self.meters.flatMap { meter in
            let request = AggregateRequest(
                meter: meter, filter: filter, windowing: windowing, reaggregation: Reaggregation(.sum),
                groupBy: [.resource, .project, .type])
            return try AggregateQueries(now: now).groups(request, scope: .everything, in: db)
                .compactMap { measured(meter, $0) }
        }
    }

    /// Nil for an interface without traffic in the period.
    private func measured(_ meter: MeterName, _ group: AggregateGroup) -> UsageReport.Measured? {
        guard let resource = group.resources.first, let type = group.key.last ?? nil,
            let first = group.series.aggregates.first, let last = group.series.aggregates.last,
            // Counters hold whole bytes below 2^53, so that their sum as a Double is exact.
            let bytes = Int64(exactly: group.series.aggregates.reduce(0) { $0 + $1.value }.rounded()), bytes > 0,
            let span = UsagePeriod(
                from: max(first.timestamp, period.from), to: min(last.timestamp + group.series.granularity, period.to))
        else { return nil }
        return UsageReport.Measured(
            projectID: group.key[1].map { ProjectID($0) }, resourceType: ResourceType(type), resourceID: resource,
            meter: meter,
            quantity: UsageQuantity(bytes), unit: .byte, period: span)
    }
}
