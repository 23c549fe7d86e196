import Aggregation
import MetricStore
import Postgres
import Telemetry

/// Reads the aggregates of selected metrics: from their windows where the policy keeps them, else folded from their measures.
struct AggregateReading {
    let windowing: Windowing
    let now: Instant

    /// Metrics read with one statement: few enough that their measures fit memory, many enough that statements are few.
    private static let metricsAtOnce = 500

    init(_ windowing: Windowing, now: Instant) throws(QueryError) {
        try windowing.check()
        self.windowing = windowing
        self.now = now
    }

    /// The granularity that was asked for, or else the finest that all of the metrics' policies keep.
    func granularity(for metrics: [SelectedMetric]) throws(QueryError) -> Duration {
        if let granularity = windowing.granularity { return granularity }
        let kept = Set(metrics.map(\.series.policy)).map { $0.definitions.map(\.granularity) }
        let common = kept.dropFirst().reduce(Set(kept.first ?? [])) { $0.intersection($1) }
        guard let finest = common.min() else {
            throw QueryError.granularityAmbiguous(Set(kept.joined()).sorted())
        }
        return finest
    }

    /// The aggregates of each metric, in the metrics' order; metrics without any have an empty array.
    ///
    /// - Throws: `QueryError` where a policy doesn't keep what is asked for and folding is not allowed, or where there are more
    ///   points than `QueryLimits.points`.
    func aggregates(of metrics: [SelectedMetric], granularity: Duration, in db: isolated Session) throws
        -> [[Aggregate]]
    {
        try checkSpan(of: metrics.count, granularity: granularity)
        var found: [MetricID: [Aggregate]] = [:]
        var points = 0
        for start in stride(from: 0, to: metrics.count, by: Self.metricsAtOnce) {
            let part = Array(metrics[start..<min(start + Self.metricsAtOnce, metrics.count)])
            for (id, aggregates) in try read(part, granularity: granularity, in: db) {
                points += aggregates.count
                found[id] = aggregates
            }
            try QueryLimits.check(.points, points, limit: QueryLimits.points)
        }
        return metrics.map { found[$0.id] ?? [] }
    }

    /// Refuses a question whose answer would be too long before anything is read, where its span is known.
    private func checkSpan(of metricCount: Int, granularity: Duration) throws(QueryError) {
        guard let start = windowing.start, let stop = windowing.stop else { return }
        let (length, width) = ((stop - start).nanoseconds, granularity.nanoseconds)
        let windows = length / width + (length % width == 0 ? 0 : 1)
        let (points, overflow) = windows.multipliedReportingOverflow(by: Int64(metricCount))
        try QueryLimits.check(.points, overflow ? .max : Int(points), limit: QueryLimits.points)
    }

    private func read(
        _ metrics: [SelectedMetric], granularity: Duration, in db: isolated Session
    ) throws -> [MetricID: [Aggregate]] {
        let kept = try metrics.filter { try isKept(granularity, of: $0) }
        let keptIDs = Set(kept.map(\.id))
        let folded = metrics.filter { !keptIDs.contains($0.id) }
        var aggregates: [MetricID: [Aggregate]] = [:]
        for (start, metrics) in Dictionary(grouping: kept, by: { start(of: $0, granularity) }) {
            let windows = try MeasureReader(now: now).windows(
                of: metrics.map(\.series), granularity: granularity, methods: [windowing.method], from: start,
                to: windowing.stop, in: db)
            for (id, windows) in windows { aggregates[id] = windows.aggregates(windowing.method) }
        }
        for (start, metrics) in Dictionary(grouping: folded, by: { start(of: $0, granularity) }) {
            aggregates.merge(try fold(metrics, from: start, granularity, in: db)) { _, new in new }
        }
        return aggregates
    }

    /// The windows that begin at `start` or later, folded from the measures.
    private func fold(
        _ metrics: [SelectedMetric], from start: Instant?, _ granularity: Duration, in db: isolated Session
    ) throws -> [MetricID: [Aggregate]] {
        let width = WindowWidth.fixed(granularity)
        // A window before the first, for the measure that the first rate counts from; and the last window whole.
        let first = start.map { windowing.method.isRate ? $0 - granularity : $0 }
        let last = windowing.stop.map { width.window(holding: $0 - .nanoseconds(1)).upperBound }
        let measures = try MeasureReader(now: now).measures(of: metrics.map(\.series), from: first, to: last, in: db)
        var count = 0
        var aggregates: [MetricID: [Aggregate]] = [:]
        for metric in metrics {
            guard let measures = measures[metric.id] else { continue }
            count += measures.count
            try QueryLimits.check(.points, count, limit: QueryLimits.points)
            let folding = Folding(width: width, methods: [windowing.method], kind: metric.series.kind)
            aggregates[metric.id] = folding.fold(measures, from: start).aggregates(windowing.method)
        }
        return aggregates
    }

    /// The beginning of the first window that is shown of a metric: the one that holds the start asked for, or the first that
    /// holds nothing of an earlier owner's.
    private func start(of metric: SelectedMetric, _ granularity: Duration) -> Instant? {
        let width = WindowWidth.fixed(granularity)
        let asked = windowing.start.map { width.window(holding: $0).lowerBound }
        let visible = metric.visibleFrom.map { instant in
            let window = width.window(holding: instant)
            return window.lowerBound == instant ? instant : window.upperBound
        }
        return [asked, visible].compactMap(\.self).max()
    }

    /// Whether the metric's policy keeps windows of this granularity with the method asked for.
    private func isKept(_ granularity: Duration, of metric: SelectedMetric) throws(QueryError) -> Bool {
        let policy = metric.series.policy
        let hasGranularity = policy.definition(of: granularity) != nil
        let hasMethod = policy.methods.contains(windowing.method)
        if hasGranularity && hasMethod || windowing.allowsFolding { return hasGranularity && hasMethod }
        guard hasGranularity else {
            throw QueryError.granularityUnknown(granularity, available: policy.definitions.map(\.granularity))
        }
        throw QueryError.methodUnknown(windowing.method, available: policy.methods)
    }
}
