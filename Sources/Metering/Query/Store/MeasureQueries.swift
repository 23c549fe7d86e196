package import Aggregation
import MetricStore
package import Postgres
package import Telemetry

/// Questions about the measures and aggregates of one metric.
package struct MeasureQueries: Sendable {
    /// When one asks: what is past its timespan then is not shown.
    package let now: Instant

    package init(now: Instant) { self.now = now }

    /// The measures themselves in `[start, stop)`, in order of time; a nil bound is open.
    ///
    /// - Throws: `QueryError` where the scope may see no such resource, the resource has no such metric, or there are more
    ///   measures than `QueryLimits.points`.
    package func measures(
        of resource: ResourceID, meter: MeterName, from start: Instant? = nil, to stop: Instant? = nil, scope: Scope,
        in db: isolated Session
    ) throws -> Measures {
        let interval = Windowing(start: start, stop: stop)
        try interval.check()
        let metric = try metric(of: resource, meter: meter, scope: scope, in: db)
        let from = [interval.start, metric.visibleFrom].compactMap(\.self).max()
        let found = try MeasureReader(now: now).measures(of: [metric.series], from: from, to: interval.stop, in: db)
        let measures = found[metric.id] ?? Measures()
        try QueryLimits.check(.points, measures.count, limit: QueryLimits.points)
        return measures
    }

    /// The aggregates of a metric.
    ///
    /// - Throws: as `measures`, and where the metric's policy doesn't keep what is asked for and folding is not
    ///   allowed.
    package func aggregates(
        of resource: ResourceID, meter: MeterName, _ windowing: Windowing, scope: Scope, in db: isolated Session
    ) throws -> AggregateSeries {
        let metric = try metric(of: resource, meter: meter, scope: scope, in: db)
        let reading = try AggregateReading(windowing, now: now)
        let granularity = try reading.granularity(for: [metric])
        let aggregates = try reading.aggregates(of: [metric], granularity: granularity, in: db).first ?? []
        return AggregateSeries(
            granularity: granularity,
            aggregates: windowing.resampled.map { aggregates.resampled(windowing.method, to: $0) } ?? aggregates)
    }

    private func metric(
        of resource: ResourceID, meter: MeterName, scope: Scope, in db: isolated Session
    ) throws -> SelectedMetric {
        if let metric = try scope.metrics(of: meter, ResourceFilter(ids: [resource]), in: db).first { return metric }
        // Tells a resource without the metric from one that isn't there.
        _ = try ResourceQueries().resource(resource, scope: scope, in: db)
        throw QueryError.metricUnknown(resource, meter)
    }
}
