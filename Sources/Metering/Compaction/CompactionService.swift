package import Logging
import MetricStore
package import Postgres
package import ServiceKit
import ServiceLifecycle
import Telemetry

/// The role `compaction`: packs the batches of ingestion into per-metric chunks, folds their windows, and drops partitions
/// whose retention is over. Events and silent collectors are forgotten here too.
///
/// May run in several processes: the store lets one work at a time. A run that fails is tried again at the next tick;
/// readers merge whatever has not been compacted yet, so that only their speed depends on it.
package struct CompactionService: Service {
    private let pool: Pool
    private let compactor: Compactor
    private let config: CompactionConfig
    private let clock: WallClock
    private let instruments: CompactionInstruments
    private let logger: Logger

    /// Events of one deleting transaction: a second's work at most.
    private static let pruneLimit = 10_000

    package init(
        _ config: CompactionConfig, pool: Pool, clock: WallClock, instruments: CompactionInstruments, logger: Logger
    ) {
        self.pool = pool
        self.compactor = Compactor(pool)
        self.config = config
        self.clock = clock
        self.instruments = instruments
        self.logger = logger
    }

    package func run() async throws {
        let ticks = Ticker(every: config.interval, jitter: config.interval, clock: ContinuousClock())
        for await _ in ticks.cancelOnGracefulShutdown() {
            do {
                try await work()
                instruments.runs[.done].add()
            } catch is CancellationError {
                return
            } catch {
                instruments.runs[.failed].add()
                logger.warning("Compaction failed and will be tried again", error: error)
            }
        }
    }

    private func work() async throws {
        let now = clock.now
        let outcome = try await compactor.run(now: now)
        instruments.batches.add(outcome.batches)
        instruments.measures.add(outcome.measures)
        instruments.folded.add(outcome.folded)
        instruments.quarantined.add(outcome.quarantined.count)
        for id in outcome.quarantined {
            logger.error(
                "A stored batch can't be read and was put aside", metadata: ["batch.id": "\(id)"])
        }
        try await prune(now)
        let retention = try await ChunkPartitions().dropExpired(pool, now: now)
        instruments.dropped.add(retention.dropped.count)
        if !retention.dropped.isEmpty {
            logger.info(
                "Dropped partitions whose retention is over",
                metadata: ["partitions": "\(retention.dropped.map(\.description).joined(separator: ","))"])
        }
    }

    /// Deletes events and forgets collectors whose time is over.
    private func prune(_ now: Instant) async throws {
        let forgotten = try await pool.transaction { [config] db in
            try AgentSequenceStore().forget(before: now - config.collectorRetention, in: db)
        }
        instruments.forgotten.add(forgotten)
        var pruned = Self.pruneLimit
        while pruned == Self.pruneLimit {
            pruned = try await pool.transaction { [config] db in
                try EventStore().prune(before: now - config.eventRetention, limit: Self.pruneLimit, in: db)
            }
            instruments.events.add(pruned)
        }
    }
}
