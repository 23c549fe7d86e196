import Aggregation
package import Postgres
package import Telemetry

/// The measures of all metrics: batches as they arrived, and chunks per metric and day.
///
/// A batch is a row, durable and visible as soon as its transaction commits. The compactor (`Compactor`) turns batches into chunks later;
/// readers (`MeasureReader`) merge both, so that the moment of compaction can't be noticed.
package struct MeasureStore: Sendable {
    package init() {}

    /// Appends the measures of one transaction: one packed row, more only where there are over a million measures.
    package func append(_ intake: MeasureIntake, in db: isolated Session) throws {
        var start = 0
        while start < intake.accepted.count {
            let end = min(start + PackedBatch.countLimit, intake.accepted.count)
            let packed = PackedBatch(MeasureBatch(sorting: Array(intake.accepted[start..<end])))
            try db.execute(
                """
                INSERT INTO metric.batch (measure_count, first_at, last_at, packed)
                VALUES (\(Int32(packed.count)), \(packed.interval.lowerBound), \(packed.interval.upperBound), \(packed.bytes))
                """)
            start = end
        }
    }

    /// How much waits for compaction.
    package func backlog(in db: isolated Session) throws -> Backlog {
        let row = try db.queryOne(
            """
            SELECT count(*) AS batches, coalesce(sum(measure_count), 0)::bigint AS measures, min(appended_at) AS oldest
              FROM metric.batch
            """
        ) { row in
            Backlog(batches: try row["batches"], measures: try row["measures"], oldest: try row["oldest"])
        }
        return row ?? Backlog(batches: 0, measures: 0, oldest: nil)
    }

    /// What is not compacted yet.
    package struct Backlog: Hashable, Sendable {
        package let batches: Int
        package let measures: Int
        /// By the database's clock.
        package let oldest: Instant?
    }
}
