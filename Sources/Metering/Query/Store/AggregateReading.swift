import Aggregation
import MetricStore
import Postgres
import Telemetry

/// Reads the aggregates of selected metrics: from their windows where the policy keeps them, else folded from their
/// measures.
struct AggregateReading {
    let windowing: Windowing
    let now: Instant

    /// Metrics whose windows are read with one statement: few enough to fit memory, many enough that statements are few.
    private static let metricsAtOnce = 500
    /// How far before the first window the measure is looked for that its first difference counts from; after a longer
    /// pause the first window has no rate.
    private static let predecessorSpan = Duration.seconds(3_600)

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
    /// - Throws: `QueryError` where a policy doesn't keep what is asked for and folding is not allowed, or where there are
    ///   more points than `QueryLimits.points`.
    func aggregates(
        of metrics: [SelectedMetric], granularity: Duration, in db: isolated Session
    ) throws -> [[Aggregate]] {
        try checkSpan(of: metrics, granularity: granularity)
        let kept = try metrics.filter { try isKept(granularity, of: $0) }
        let keptIDs = Set(kept.map(\.id))
        let others = metrics.filter { !keptIDs.contains($0.id) }
        var found: [MetricID: [Aggregate]] = [:]
        try collect(kept, storedAtOnce(kept, granularity), granularity, into: &found) { part, start in
            try stored(part, from: start, granularity, in: db)
        }
        try collect(others, foldedAtOnce(others), granularity, into: &found) { part, start in
            try folded(part, from: start, granularity, in: db)
        }
        return metrics.map { found[$0.id] ?? [] }
    }

    /// Reads metrics part by part, those of a part beginning at the same window, and ends where there are too many points.
    private func collect(
        _ metrics: [SelectedMetric], _ size: Int, _ granularity: Duration, into found: inout [MetricID: [Aggregate]],
        _ read: ([SelectedMetric], Instant?) throws -> [MetricID: [Aggregate]]
    ) throws {
        var points = found.values.reduce(0) { $0 + $1.count }
        for (first, metrics) in Dictionary(grouping: metrics, by: { start(of: $0, granularity) }) {
            for start in stride(from: 0, to: metrics.count, by: size) {
                let aggregates = try read(Array(metrics[start..<min(start + size, metrics.count)]), first)
                points += aggregates.values.reduce(0) { $0 + $1.count }
                try QueryLimits.check(.points, points, limit: QueryLimits.points)
                found.merge(aggregates) { _, new in new }
            }
        }
    }

    /// Refuses a question whose answer could be too long before anything is read, where it names its span.
    private func checkSpan(of metrics: [SelectedMetric], granularity: Duration) throws(QueryError) {
        guard let start = windowing.start, let stop = windowing.stop else { return }
        let kept = metrics.map {
            $0.series.policy.definition(of: granularity)?.timespan ?? $0.series.policy.rawTimespan
        }
        let span = min(stop, now) - max(start, now - (kept.max() ?? .zero))
        guard span > .zero else { return }
        let (length, width) = (span.nanoseconds, granularity.nanoseconds)
        let windows = length / width + (length % width == 0 ? 0 : 1)
        let (points, overflow) = windows.multipliedReportingOverflow(by: Int64(metrics.count))
        try QueryLimits.check(.points, overflow ? .max : Int(points), limit: QueryLimits.points)
    }

    /// The windows that the store keeps.
    private func stored(
        _ metrics: [SelectedMetric], from start: Instant?, _ granularity: Duration, in db: isolated Session
    ) throws -> [MetricID: [Aggregate]] {
        let windows = try MeasureReader(now: now).windows(
            of: metrics.map(\.series), granularity: granularity, methods: [windowing.method], from: start,
            to: windowing.stop, in: db)
        return windows.compactMapValues { $0.aggregates(windowing.method) }
    }

    /// The windows that begin at `start` or later, folded from the measures.
    private func folded(
        _ metrics: [SelectedMetric], from start: Instant?, _ granularity: Duration, in db: isolated Session
    ) throws -> [MetricID: [Aggregate]] {
        let width = WindowWidth.fixed(granularity)
        let first = start.map { windowing.method.isRate ? $0 - Self.predecessorSpan : $0 }
        // The last window whole.
        let last = windowing.stop.map { width.window(holding: $0 - .nanoseconds(1)).upperBound }
        let measures = try MeasureReader(now: now).measures(of: metrics.map(\.series), from: first, to: last, in: db)
        var aggregates: [MetricID: [Aggregate]] = [:]
        for metric in metrics {
            guard let measures = measures[metric.id] else { continue }
            let folding = Folding(width: width, methods: [windowing.method], kind: metric.series.kind)
            aggregates[metric.id] = folding.fold(measures, from: start).aggregates(windowing.method)
        }
        return aggregates
    }

    /// Metrics whose windows fit memory together, if there is one in every place.
    private func storedAtOnce(_ metrics: [SelectedMetric], _ granularity: Duration) -> Int {
        let spans = metrics.map { $0.series.policy.definition(of: granularity)?.timespan ?? .zero }
        let oldest = now - (spans.max() ?? .zero)
        let span = min(windowing.stop ?? now, now) - max(windowing.start ?? oldest, oldest)
        let windows = max(1, span.nanoseconds / granularity.nanoseconds)
        return min(max(1, QueryLimits.points / Int(windows)), Self.metricsAtOnce)
    }

    /// Metrics whose measures fit memory together, at a measure a second, which is faster than anything here polls.
    private func foldedAtOnce(_ metrics: [SelectedMetric]) -> Int {
        let oldest = now - (metrics.map(\.series.policy.rawTimespan).max() ?? .zero)
        let start = max(windowing.start ?? oldest, oldest)
        let seconds = (min(windowing.stop ?? now, now) - start).nanoseconds / 1_000_000_000
        return min(max(1, QueryLimits.points / max(1, Int(seconds))), Self.metricsAtOnce)
    }

    /// The beginning of the first window that is shown of a metric: the one that holds the start asked for, or the
    /// first that holds nothing of an earlier owner's.
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
