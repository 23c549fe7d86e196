package import Aggregation
package import Postgres
package import Telemetry

/// Reads measures and windows, from chunks and from batches that are not compacted yet.
///
/// All of one read's statements need one view of the database, or a batch that is being compacted would be seen twice or not at all: call
/// it in a transaction of isolation level `repeatableRead`, which the functions that take a pool do.
package struct MeasureReader: Sendable {
    /// The time at which one asks: windows and measures that are past their timespan then are not shown, though they may still be
    /// there until their partition is dropped.
    package let now: Instant

    package init(now: Instant) { self.now = now }

    /// A metric with its policy.
    package struct Series: Hashable, Sendable {
        package let id: MetricID
        package let kind: MeterKind
        package let policy: ArchivePolicy

        package init(id: MetricID, kind: MeterKind, policy: ArchivePolicy) {
            self.id = id
            self.kind = kind
            self.policy = policy
        }

        package init(_ metric: Metric, policy: ArchivePolicy) {
            self.init(id: metric.id, kind: metric.kind, policy: policy)
        }
    }

    /// The measures of metrics in `[start, stop)`; a nil bound is open.
    ///
    /// A metric without any is missing.
    package func measures(
        of series: [Series], from start: Instant? = nil, to stop: Instant? = nil, _ pool: Pool
    ) async throws -> [MetricID: Measures] {
        try await pool.transaction(isolation: .repeatableRead, readOnly: true) { db in
            try measures(of: series, from: start, to: stop, in: db)
        }
    }

    /// The windows of metrics at one granularity that begin in `[start, stop)`, the start rounded down to a window's beginning.
    ///
    /// - Throws: `MeasureReadError` where a metric's policy lacks the granularity or a method.
    package func windows(
        of series: [Series], granularity: Duration, methods: Set<AggregationMethod>, from start: Instant? = nil,
        to stop: Instant? = nil, _ pool: Pool
    ) async throws -> [MetricID: FoldedWindows] {
        try await pool.transaction(isolation: .repeatableRead, readOnly: true) { db in
            try windows(of: series, granularity: granularity, methods: methods, from: start, to: stop, in: db)
        }
    }

    /// The same inside of a transaction of isolation level `repeatableRead`.
    package func measures(
        of series: [Series], from start: Instant?, to stop: Instant?, in db: isolated Session
    ) throws -> [MetricID: Measures] {
        let oldest = series.map { now - $0.policy.rawTimespan }.min() ?? now
        guard let span = span(from: start, to: stop, oldest: oldest) else { return [:] }
        let stored = try ChunkStore().measures(
            of: series.map(\.id), in: days(of: span), unfoldedOnly: false, in: db)
        let recent = try RecentMeasures(of: series.map(\.id), in: span, db)
        let chunks = Dictionary(grouping: stored, by: \.metric)
        var result: [MetricID: Measures] = [:]
        for series in series {
            let runs = (chunks[series.id] ?? []).map(\.measures) + recent.runs(of: series.id)
            let first = max(span.lowerBound, now - series.policy.rawTimespan)
            let merged = Measures.merging(runs, kind: series.kind).slice(from: first, to: span.upperBound)
            if !merged.isEmpty { result[series.id] = merged }
        }
        return result
    }

    /// The same inside of a transaction of isolation level `repeatableRead`.
    package func windows(
        of series: [Series], granularity: Duration, methods: Set<AggregationMethod>, from start: Instant?,
        to stop: Instant?,
        in db: isolated Session
    ) throws -> [MetricID: FoldedWindows] {
        let spans = try series.map { series in
            try windowSpan(of: series, granularity: granularity, methods: methods, from: start, to: stop)
        }
        let present = spans.compactMap(\.self)
        guard let first = present.map(\.lowerBound).min(), let last = present.map(\.upperBound).max() else {
            return [:]
        }
        let whole = first..<last
        let stored = try ChunkStore().windows(
            of: series.map(\.id), granularity: granularity, methods: methods, in: days(of: whole), in: db)
        let fresh = try FreshMeasures(
            of: series.map(\.id), in: whole, withPredecessors: methods.contains(where: \.isRate), db)
        let foldings = zip(series, spans).compactMap { series, span in
            span.flatMap { span in
                fresh.folding(of: series, granularity: granularity, methods: methods, in: span)
            }
        }
        let folded = try FreshFolding.fold(foldings, fresh, in: db)
        var result: [MetricID: FoldedWindows] = [:]
        for (series, span) in zip(series, spans) {
            guard let span else { continue }
            let generations = [stored[series.id], folded[series.id]].compactMap(\.self)
            let windows = FoldedWindows.merging(generations).slice(from: span.lowerBound, to: span.upperBound)
            if !windows.isEmpty { result[series.id] = windows }
        }
        return result
    }

    /// The windows that are to be shown of one metric, as one span; nil where there can't be any.
    private func windowSpan(
        of series: Series, granularity: Duration, methods: Set<AggregationMethod>, from start: Instant?,
        to stop: Instant?
    ) throws(MeasureReadError) -> Range<Instant>? {
        guard let definition = series.policy.definition(of: granularity) else {
            throw .granularityUnknown(granularity, series.policy.name)
        }
        if let unknown = methods.first(where: { !series.policy.methods.contains($0) }) {
            throw .methodUnknown(unknown, series.policy.name)
        }
        guard let span = span(from: start, to: stop, oldest: now - definition.timespan) else { return nil }
        let width = WindowWidth.fixed(granularity)
        return width.window(holding: span.lowerBound)
            .lowerBound..<width.window(holding: span.upperBound - .nanoseconds(1)).upperBound
    }

    /// The part of `[start, stop)` in which there may be measures; nil where it is empty.
    private func span(from start: Instant?, to stop: Instant?, oldest: Instant) -> Range<Instant>? {
        let newest = now + MeasureIntake.futureLimit + MeasureIntake.futureLimit
        let first = max(start ?? oldest, oldest)
        let last = min(stop ?? newest, newest)
        return first < last ? first..<last : nil
    }

    private func days(of span: Range<Instant>) -> ClosedRange<CalendarDay> {
        CalendarDay(holding: span.lowerBound)...CalendarDay(holding: span.upperBound - .nanoseconds(1))
    }
}

/// What a metric can't be asked for.
package enum MeasureReadError: Error, Hashable, Sendable, CustomStringConvertible {
    case granularityUnknown(Duration, String)
    case methodUnknown(AggregationMethod, String)

    package var description: String {
        switch self {
        case .granularityUnknown(let granularity, let policy):
            "The archive policy \"\(policy)\" has no granularity of \(granularity)"
        case .methodUnknown(let method, let policy):
            "The archive policy \"\(policy)\" has no aggregation method \(method)"
        }
    }
}
