import Aggregation
import Postgres
import Telemetry

/// The first step of compaction: batches become segments per metric and day.
struct ChunkPacking {
    let settings: CompactorSettings

    /// What one transaction has done.
    struct Outcome {
        var batches = 0
        var measures = 0
        /// Batches that can't be read and were put aside.
        var quarantined: [Int64] = []

        var isEmpty: Bool { batches == 0 && quarantined.isEmpty }
    }

    /// Packs the oldest batches, up to the limit of measures.
    func run(in db: isolated Session) throws -> Outcome {
        var outcome = Outcome()
        var batches: [(id: Int64, batch: MeasureBatch)] = []
        var unreadable: [(id: Int64, error: CodecError)] = []
        for (id, result) in try oldestBatches(in: db) {
            switch result {
            case .success(let batch): batches.append((id, batch))
            case .failure(let error): unreadable.append((id, error))
            }
        }
        try BatchQuarantine().take(unreadable, in: db)
        outcome.quarantined = unreadable.map(\.id)
        guard !batches.isEmpty else { return outcome }
        var runs: [MetricID: [Measures]] = [:]
        for (_, batch) in batches {
            outcome.measures += batch.count
            for (metric, measures) in batch.byMetric() { runs[metric, default: []].append(measures) }
        }
        let catalogue = try MetricCatalogue(Array(runs.keys), in: db)
        var chunks: [Chunk] = []
        for (id, runs) in runs.sorted(by: { $0.key < $1.key }) {
            let (metric, policy) = try catalogue[id]
            for (day, measures) in Measures.merging(runs, kind: metric.kind).byDay() {
                chunks.append(
                    Chunk(measures, of: id, day: day, retentionDays: policy.rawRetentionDays, isFolded: false))
            }
        }
        try ChunkStore().insert(chunks, in: db)
        try db.execute("DELETE FROM metric.batch WHERE batch_id = ANY(\(batches.map(\.id)))")
        outcome.batches = batches.count
        return outcome
    }

    private func oldestBatches(
        in db: isolated Session
    ) throws -> [(id: Int64, batch: Result<MeasureBatch, CodecError>)] {
        try db.query(
            """
            SELECT batch_id, packed FROM metric.batch
             WHERE batch_id IN (SELECT batch_id
                                  FROM (SELECT batch_id, measure_count, sum(measure_count) OVER (ORDER BY batch_id) AS total
                                          FROM metric.batch) AS counted
                                 WHERE total - measure_count < \(settings.packedMeasureLimit))
             ORDER BY batch_id
            """
        ) { row in
            let id = try row["batch_id", as: Int64.self]
            let packed: [UInt8] = try row["packed"]
            return (id, Result { () throws(CodecError) in try PackedBatch(bytes: packed).batch() })
        }
    }
}

/// Metrics and their policies, for work on many at once.
struct MetricCatalogue {
    private let metrics: [MetricID: Metric]
    private let policies: [ArchivePolicyID: ArchivePolicy]

    init(_ ids: [MetricID], in db: isolated Session) throws {
        metrics = try MetricRegistry().metrics(ids, in: db)
        policies = try ArchivePolicyStore().all(in: db)
    }

    /// A metric that has measures, so that it exists.
    subscript(id: MetricID) -> (metric: Metric, policy: ArchivePolicy) {
        get throws(MeasureStoreError) {
            guard let metric = metrics[id] else { throw .metricUnknown(id) }
            guard let policy = policies[metric.policyID] else { throw .policyUnknown(metric.policyID) }
            return (metric, policy)
        }
    }
}
