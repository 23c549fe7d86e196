import Aggregation
import MetricStore
package import Postgres
package import Telemetry

/// Questions about one meter across many resources.
package struct AggregateQueries: Sendable {
    /// When one asks: what is past its timespan then is not shown.
    package let now: Instant

    /// Clocks of hosts may be ahead, by as much as the store accepts.
    private static let aheadLimit = MeasureIntake.futureLimit

    package init(now: Instant) { self.now = now }

    /// One series per group, the groups in the order of their keys; none where no resource has the meter.
    ///
    /// Only resources that existed within the interval, so that those that are long gone are neither listed nor counted.
    ///
    /// - Throws: `QueryError` where a limit is exceeded, the policies have no common granularity, or a policy doesn't keep
    ///   what is asked for and folding is not allowed.
    package func groups(
        _ request: AggregateRequest, scope: Scope, in db: isolated Session
    ) throws -> [AggregateGroup] {
        try QueryLimits.check(.groupKeys, request.groupBy.count, limit: QueryLimits.groupKeys)
        let reading = try AggregateReading(request.windowing, now: now)
        let metrics = try scope.metrics(of: request.meter, try measured(request, in: db), in: db)
        guard !metrics.isEmpty else { return [] }
        let granularity = try reading.granularity(for: metrics)
        let aggregates = try reading.aggregates(of: metrics, granularity: granularity, in: db)
        let keys = metrics.map { metric in request.groupBy.map { $0.value(of: metric.resource) } }
        let members = Dictionary(grouping: metrics.indices) { keys[$0] }
        return members.sorted { $0.key.precedes($1.key) }.map { key, members in
            let combined = request.reaggregation.combine(members.map { aggregates[$0] })
            return AggregateGroup(
                key: key, resources: members.map { metrics[$0].resource.id },
                series: AggregateSeries(granularity: granularity, aggregates: request.resampled(combined)))
        }
    }

    /// The filter, narrowed to the resources that can have been measured in the interval; an open bound means as far as
    /// anything is kept.
    private func measured(_ request: AggregateRequest, in db: isolated Session) throws -> ResourceFilter {
        let policies = try ArchivePolicyStore().all(in: db).values
        let longest = policies.flatMap { [$0.rawTimespan, $0.longestTimespan] }.max() ?? .zero
        let start = request.windowing.start ?? now - longest
        let stop = request.windowing.stop ?? now + Self.aheadLimit
        var filter = request.filter
        if filter.existing == nil, start < stop { filter.existing = start..<stop }
        filter.observedSince = filter.observedSince ?? start
        return filter
    }
}

extension AggregateRequest {
    fileprivate func resampled(_ aggregates: [Aggregate]) -> [Aggregate] {
        windowing.resampled.map { aggregates.resampled(windowing.method, to: $0) } ?? aggregates
    }
}

extension [String?] {
    /// The order of groups: key by key, those without a fact first.
    fileprivate func precedes(_ other: Self) -> Bool {
        for (left, right) in zip(self, other) where left != right {
            guard let left else { return true }
            guard let right else { return false }
            return left < right
        }
        return false
    }
}
