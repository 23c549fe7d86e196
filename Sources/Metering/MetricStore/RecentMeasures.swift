import Aggregation
import Postgres
import Telemetry

/// The measures of some metrics in batches that are not compacted yet.
struct RecentMeasures {
    private var found: [MetricID: [Measures]] = [:]

    /// Looks through the batches that touch a span; the measures may lie outside of it.
    init(of metrics: [MetricID], in span: Range<Instant>, _ db: isolated Session) throws {
        let batches = try db.query(
            """
            SELECT batch_id, packed FROM metric.batch
             WHERE last_at >= \(span.lowerBound.cutToMicrosecond) AND first_at < \(span.upperBound) + interval '1 microsecond'
             ORDER BY batch_id
            """
        ) { row in
            let id = try row["batch_id", as: Int64.self]
            do {
                let batch = try PackedBatch(bytes: try row["packed"])
                return try metrics.map { ($0, try batch.measures(of: $0)) }.filter { !$0.1.isEmpty }
            } catch let error as CodecError {
                throw MeasureStoreError.corruptBatch(id: id, error)
            }
        }
        for (metric, measures) in batches.joined() { found[metric, default: []].append(measures) }
    }

    /// The measures of a metric, one run per batch, in the order of arrival.
    func runs(of metric: MetricID) -> [Measures] { found[metric] ?? [] }
}

/// The measures that the stored windows do not contain: those of batches, and of segments that are not folded yet.
struct FreshMeasures {
    let recent: RecentMeasures
    private let unfolded: [MetricID: [Measures]]

    /// Finds those of a span; with predecessors, also those before it, of which one may precede the span's first measure.
    init(of metrics: [MetricID], in span: Range<Instant>, withPredecessors: Bool, _ db: isolated Session) throws {
        let day = CalendarDay(holding: span.lowerBound)
        // Nothing lies before 1970, see MeasureIntake.
        let firstDay = withPredecessors ? CalendarDay(daysSince1970: 0) : day
        let lastDay = CalendarDay(holding: span.upperBound - .nanoseconds(1))
        recent = try RecentMeasures(of: metrics, in: firstDay.start..<span.upperBound, db)
        let rows = try ChunkStore().measures(of: metrics, in: firstDay...lastDay, unfoldedOnly: true, in: db)
        unfolded = Dictionary(grouping: rows, by: \.metric).mapValues { $0.map(\.measures) }
    }

    /// What of a metric's span has to be folded from measures because of fresh ones; nil where nothing.
    func folding(
        of series: MeasureReader.Series, granularity: Duration, methods: Set<AggregationMethod>, in span: Range<Instant>
    ) -> FreshFolding? {
        let folding = Folding(width: .fixed(granularity), methods: methods, kind: series.kind)
        let runs = (unfolded[series.id] ?? []) + recent.runs(of: series.id)
        let inSpan = runs.map { $0.slice(from: span.lowerBound, to: span.upperBound) }
        let first = inSpan.compactMap(\.first?.timestamp).min()
        let last = inSpan.compactMap(\.last?.timestamp).max()
        if folding.dependsOnPrecedingMeasure {
            // A fresh measure changes the rate of the next one, wherever that is; one before the span that of the span's first.
            let precedes = runs.contains { $0.first.map { $0.timestamp < span.lowerBound } ?? false }
            guard let start = precedes ? span.lowerBound : first else { return nil }
            let window = folding.width.window(holding: start)
            return FreshFolding(series: series, folding: folding, span: window.lowerBound..<span.upperBound)
        }
        guard let first, let last else { return nil }
        return FreshFolding(
            series: series, folding: folding,
            span: folding.width.window(holding: first).lowerBound..<folding.width.window(holding: last).upperBound)
    }
}

/// Windows of one metric that are folded while they are read.
struct FreshFolding {
    let series: MeasureReader.Series
    let folding: Folding
    let span: Range<Instant>

    /// Folds the windows of several metrics from all of their measures.
    static func fold(
        _ foldings: [FreshFolding], _ fresh: FreshMeasures, in db: isolated Session
    ) throws -> [MetricID: FoldedWindows] {
        guard let start = foldings.map(\.span.lowerBound).min(), let stop = foldings.map(\.span.upperBound).max() else {
            return [:]
        }
        let first = CalendarDay(holding: start)
        let last = CalendarDay(holding: stop - .nanoseconds(1))
        let ids = foldings.map(\.series.id)
        var stored = try ChunkStore().measures(of: ids, in: first...last, unfoldedOnly: false, in: db)
        let dependent = foldings.filter(\.folding.dependsOnPrecedingMeasure).map(\.series.id)
        if !dependent.isEmpty {
            let neighbours = try ChunkStore().neighbours(of: dependent.map { ($0, first) }, in: db)
            let earlier = Set(neighbours.values.compactMap(\.earlier))
            // Other metrics' measures of these days do no harm: only the last measure before the span counts.
            stored = try ChunkStore().measures(of: dependent, on: earlier.sorted(), in: db) + stored
        }
        let chunks = Dictionary(grouping: stored, by: \.metric)
        return Dictionary(
            uniqueKeysWithValues: foldings.map { folding in
                let runs = (chunks[folding.series.id] ?? []).map(\.measures) + fresh.recent.runs(of: folding.series.id)
                let measures = Measures.merging(runs, kind: folding.series.kind)
                return (
                    folding.series.id,
                    folding.folding.fold(measures, from: folding.span.lowerBound, to: folding.span.upperBound)
                )
            })
    }
}
