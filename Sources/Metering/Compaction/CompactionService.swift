package import Logging
import MetricStore
package import Postgres
package import ServiceKit
import ServiceLifecycle
import Telemetry

/// The role `compaction`: packs the batches of ingestion into per-metric chunks, folds their windows, and drops partitions
/// whose retention is over.
///
/// May run in several processes: the store lets one work at a time. A run that fails is tried again at the next tick;
/// readers merge whatever has not been compacted yet, so that only their speed depends on it.
package struct CompactionService: Service {
    private let pool: Pool
    private let compactor: Compactor
    private let interval: Duration
    private let clock: WallClock
    private let instruments: CompactionInstruments
    private let logger: Logger

    package init(
        _ config: CompactionConfig, pool: Pool, clock: WallClock, instruments: CompactionInstruments, logger: Logger
    ) {
        self.pool = pool
        self.compactor = Compactor(pool)
        self.interval = config.interval
        self.clock = clock
        self.instruments = instruments
        self.logger = logger
    }

    package func run() async throws {
        let ticks = Ticker(every: interval, jitter: interval, clock: ContinuousClock())
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
        let retention = try await ChunkPartitions().dropExpired(pool, now: now)
        instruments.dropped.add(retention.dropped.count)
        if !retention.dropped.isEmpty {
            logger.info(
                "Dropped partitions whose retention is over",
                metadata: ["partitions": "\(retention.dropped.map(\.description).joined(separator: ","))"])
        }
    }
}
