package import Logging
internal import MetricStore
package import Postgres
package import ServiceKit
internal import ServiceLifecycle
internal import Telemetry

/// Turns alarms whose measures have stopped to "insufficient data", and deletes what is older than the retention.
package struct SilenceService: Service {
    private let evaluation: AlarmEvaluation
    private let pool: Pool
    private let clock: WallClock
    private let interval: Duration
    private let retention: Duration
    private let instruments: AlarmingInstruments
    private let logger: Logger

    /// Alarms of one transaction: it holds their rows, for which ingestion may wait.
    private static let batchLimit = 500

    package init(
        _ evaluation: AlarmEvaluation, pool: Pool, clock: WallClock, interval: Duration, retention: Duration,
        instruments: AlarmingInstruments, logger: Logger
    ) {
        self.evaluation = evaluation
        self.pool = pool
        self.clock = clock
        self.interval = interval
        self.retention = retention
        self.instruments = instruments
        self.logger = logger
    }

    package func run() async throws {
        for await _ in Ticker(every: interval, jitter: interval, clock: ContinuousClock()).cancelOnGracefulShutdown() {
            do {
                try await sweep()
            } catch is CancellationError {
                return
            } catch {
                instruments.failed[.store].add()
                logger.warning("Silent alarms can't be looked for", error: error)
            }
        }
    }

    private func sweep() async throws {
        let now = clock.now
        while try await pool.transaction({ [evaluation] db in
            try evaluation.fallSilent(at: now, limit: Self.batchLimit, in: db)
        }) == Self.batchLimit {}
        try await pool.transaction { [retention] db in
            try AlarmStore().prune(before: now - retention, in: db)
        }
    }
}
