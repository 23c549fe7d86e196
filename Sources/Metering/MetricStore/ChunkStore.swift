import Aggregation
import Postgres
import Telemetry

/// The statements on `metric.chunk`.
struct ChunkStore {
    /// Writes chunks, later than all that were written before, and makes their partitions where they are missing.
    func insert(_ chunks: [Chunk], in db: isolated Session) throws {
        guard let parts = chunks.map(\.segments.count).max(), parts > 0 else { return }
        try ChunkPartitions().make(
            Set(chunks.map { ChunkPartitions.Name(retentionDays: $0.retentionDays, day: $0.day) }), in: db)
        let generations = try db.query(
            "SELECT nextval('metric.chunk_generation') AS n FROM generate_series(1, \(parts))"
        ) {
            try $0["n", as: Int64.self]
        }
        let columns = ["metric_id", "granularity_ns", "generation", "retention_days", "day", "is_folded", "segment"]
        _ = try db.copyIn(into: "metric.chunk", columns: columns) { writer in
            for chunk in chunks {
                for (segment, generation) in zip(chunk.segments, generations) {
                    try writer.row(
                        chunk.metric, chunk.granularity, generation, Int32(chunk.retentionDays), chunk.day,
                        chunk.isFolded,
                        segment)
                }
            }
        }
    }

    /// Deletes all rows of these metrics, granularities and days.
    func delete(_ keys: [(metric: MetricID, granularity: Int64, day: CalendarDay)], in db: isolated Session) throws {
        // Day by day, so that each statement plans and touches one day's partitions only.
        for (day, keys) in Dictionary(grouping: keys, by: \.day).sorted(by: { $0.key < $1.key }) {
            try db.execute(
                """
                DELETE FROM metric.chunk AS chunk
                 USING unnest(\(keys.map(\.metric)), \(keys.map(\.granularity))) AS old (metric, granularity)
                 WHERE chunk.day = \(day) AND chunk.metric_id = old.metric AND chunk.granularity_ns = old.granularity
                """)
        }
    }

    /// The measures of metrics on some days, in the order of their arrival.
    func measures(of metrics: [MetricID], on days: [CalendarDay], in db: isolated Session) throws -> [StoredMeasures] {
        try measures(of: metrics, where: "day = ANY(\(days))", in: db)
    }

    /// The measures of each metric on its days, in the order of their arrival within each.
    ///
    /// Day by day, so that each statement plans and touches one day's partitions only, and reads of them what is asked for.
    func measures(on days: [MetricDay], in db: isolated Session) throws -> [StoredMeasures] {
        var found: [StoredMeasures] = []
        for (day, metrics) in Dictionary(grouping: days, by: \.day).sorted(by: { $0.key < $1.key }) {
            found += try measures(of: metrics.map(\.metric), where: "day = \(day)", in: db)
        }
        return found
    }

    /// The measures of metrics in a span of days, in the order of their arrival; all, or only those that the stored windows do
    /// not contain.
    func measures(
        of metrics: [MetricID], in days: ClosedRange<CalendarDay>, unfoldedOnly: Bool, in db: isolated Session
    ) throws -> [StoredMeasures] {
        let folding: SQL = unfoldedOnly ? "AND NOT is_folded" : ""
        return try measures(
            of: metrics, where: "day BETWEEN \(days.lowerBound) AND \(days.upperBound) \(folding)", in: db)
    }

    private func measures(
        of metrics: [MetricID], where condition: SQL, in db: isolated Session
    ) throws -> [StoredMeasures] {
        try db.query(
            """
            SELECT metric_id, day, generation, is_folded, segment FROM metric.chunk
             WHERE metric_id = ANY(\(metrics)) AND granularity_ns = \(Chunk.measures) AND \(condition)
             ORDER BY generation
            """
        ) { row in
            StoredMeasures(
                metric: try row["metric_id"], day: try row["day"], isFolded: try row["is_folded"],
                measures: try MeasureSegment(bytes: try row["segment"]).measures())
        }
    }

    /// The windows of metrics in a span of days, with the values of some methods.
    func windows(
        of metrics: [MetricID], granularity: Duration, methods: Set<AggregationMethod>,
        in days: ClosedRange<CalendarDay>,
        in db: isolated Session
    ) throws -> [MetricID: FoldedWindows] {
        let rows = try db.query(
            """
            SELECT metric_id, segment FROM metric.chunk
             WHERE metric_id = ANY(\(metrics)) AND granularity_ns = \(granularity.nanoseconds)
               AND day BETWEEN \(days.lowerBound) AND \(days.upperBound)
             ORDER BY generation
            """
        ) { row in
            (try row["metric_id", as: MetricID.self], try WindowSegment(bytes: try row["segment"]).windows(of: methods))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { FoldedWindows.merging($0.map(\.1)) }
    }

    /// For each metric and day, the nearest earlier and the nearest later day with measures.
    func neighbours(
        of days: [(metric: MetricID, day: CalendarDay)], in db: isolated Session
    ) throws -> [MetricDay: (earlier: CalendarDay?, later: CalendarDay?)] {
        let rows = try db.query(
            """
            SELECT metric, middle,
                   coalesce(
                       (SELECT max(day) FROM metric.chunk
                         WHERE metric_id = metric AND granularity_ns = 0 AND day = middle - 1),
                       (SELECT max(day) FROM metric.chunk
                         WHERE metric_id = metric AND granularity_ns = 0 AND day < middle)) AS earlier,
                   coalesce(
                       (SELECT min(day) FROM metric.chunk
                         WHERE metric_id = metric AND granularity_ns = 0 AND day = middle + 1),
                       (SELECT min(day) FROM metric.chunk
                         WHERE metric_id = metric AND granularity_ns = 0 AND day > middle)) AS later
              FROM unnest(\(days.map(\.metric)), \(days.map(\.day))) AS wanted (metric, middle)
            """
        ) { row in
            (
                MetricDay(metric: try row["metric"], day: try row["middle"]),
                (earlier: try row["earlier", as: CalendarDay?.self], later: try row["later", as: CalendarDay?.self])
            )
        }
        return Dictionary(rows) { first, _ in first }
    }
}

/// One day of one metric.
struct MetricDay: Hashable {
    let metric: MetricID
    let day: CalendarDay
}
