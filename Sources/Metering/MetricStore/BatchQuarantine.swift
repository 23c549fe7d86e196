import Aggregation
import Postgres

/// Puts batches aside whose bytes can't be read, so that the others can be compacted and read.
struct BatchQuarantine {
    func take(_ batches: [(id: Int64, error: CodecError)], in db: isolated Session) throws {
        guard !batches.isEmpty else { return }
        try db.execute(
            """
            WITH removed AS (
                DELETE FROM metric.batch WHERE batch_id = ANY(\(batches.map(\.id)))
                RETURNING batch_id, measure_count, first_at, last_at, packed, appended_at)
            INSERT INTO metric.quarantined_batch
                   (batch_id, measure_count, first_at, last_at, packed, appended_at, reason)
            SELECT removed.*, known.reason
              FROM removed JOIN unnest(\(batches.map(\.id)), \(batches.map { "\($0.error)" })) AS known (id, reason)
                ON known.id = removed.batch_id
            """)
    }
}
