package import Aggregation
package import Postgres
package import Telemetry

/// Turns batches into chunks, and keeps the windows of the archive policies up to date with the measures.
///
/// First step, `pack`: batches become per-metric segments of measures, which the stored windows don't contain yet (`is_folded` false). Second
/// step, `fold`: the segments of a metric and day become one, and the windows that they touch are made anew from the measures. Each
/// step is a transaction: cut off at any point, nothing is lost and nothing counted twice. One compactor works at a time;
/// others return at once.
package struct Compactor: Sendable {
    package let pool: Pool
    package let settings: CompactorSettings

    private static let lock = AdvisoryLock("metric compaction")

    package init(_ pool: Pool, settings: CompactorSettings = CompactorSettings()) {
        self.pool = pool
        self.settings = settings
    }

    /// What one run has done.
    package struct Outcome: Hashable, Sendable {
        /// Batches that became segments, and their measures.
        package internal(set) var batches = 0
        package internal(set) var measures = 0
        /// Days of a metric whose windows were made anew.
        package internal(set) var folded = 0
        /// The numbers of batches that could not be read and were put aside in `metric.quarantined_batch`.
        package internal(set) var quarantined: [Int64] = []
        /// Whether another compactor was at work, which ended this run early.
        package internal(set) var wasBusy = false
    }

    /// Packs all batches and folds what is due; `now` decides which days are over and which windows have expired.
    ///
    /// A batch that can't be read is put aside and named; the others are packed.
    ///
    /// - Throws: `MeasureStoreError` and `CodecError` where chunks can't be what they are, which needs a person; what the
    ///   pool throws.
    package func run(now: Instant) async throws -> Outcome {
        var outcome = Outcome()
        while !outcome.wasBusy {
            let packed = try await exclusively { db in try ChunkPacking(settings: settings).run(in: db) }
            guard let packed else {
                outcome.wasBusy = true
                break
            }
            if packed.isEmpty { break }
            outcome.batches += packed.batches
            outcome.measures += packed.measures
            outcome.quarantined += packed.quarantined
        }
        if !outcome.wasBusy { try await fold(now, &outcome) }
        return outcome
    }

    /// Folds what is due, some metrics at a time; what is due is asked once.
    private func fold(_ now: Instant, _ outcome: inout Outcome) async throws {
        let folding = DayFolding(settings: settings, now: now)
        var due = try await pool.transaction(readOnly: true) { db in try folding.dueMetrics(in: db) }[...]
        while !due.isEmpty {
            let some = Array(due.prefix(settings.foldedMetricLimit))
            due = due.dropFirst(some.count)
            guard let folded = try await exclusively({ db in try folding.run(some, in: db) }) else {
                outcome.wasBusy = true
                return
            }
            outcome.folded += folded
        }
    }

    /// Runs a step in a transaction; nil where another compactor is at work.
    private func exclusively<Result: Sendable>(
        _ step: @Sendable (isolated Session) throws -> Result
    ) async throws -> Result? {
        try await pool.transaction { db in
            guard try db.tryLockInTransaction(Self.lock) else { return nil }
            return try step(db)
        }
    }
}

/// How much the compactor does at once, and when.
package struct CompactorSettings: Hashable, Sendable {
    /// Measures of one packing transaction, which are in memory at once: about 100 bytes each.
    package var packedMeasureLimit = 2_000_000
    /// Metrics of one folding transaction; a busy day of one takes about half a megabyte in memory.
    package var foldedMetricLimit = 200
    /// A day is folded when this many of its segments wait, or when it is over: a reader folds what waits on the fly, and each folding
    /// rewrites the day.
    package var segmentLimit = 12
    /// How long after its end a day is over: by then hardly any sample of it is still on its way.
    package var dayGrace = Duration.seconds(600)

    package init() {}
}

/// What was found in the store and can't be so.
package enum MeasureStoreError: Error, Sendable, CustomStringConvertible {
    case corruptBatch(id: Int64, CodecError)
    case metricUnknown(MetricID)
    case policyUnknown(ArchivePolicyID)

    package var description: String {
        switch self {
        case .corruptBatch(let id, let cause): "Batch \(id) can't be read: \(cause)"
        case .metricUnknown(let id): "There are measures of metric \(id), which does not exist"
        case .policyUnknown(let id): "The archive policy \(id.number) does not exist"
        }
    }
}
