import Logging
import MetricStore
import Postgres
import ServiceKit
import ServiceLifecycle

/// Keeps services waiting until the database has the schema that they were written for.
///
/// A database that is away or not yet migrated is waited for; one that is newer than the program ends it.
struct SchemaGate: Sendable {
    private let pool: Pool
    private let migrator: Migrator
    private let logger: Logger

    /// After so long without the right schema the log says so.
    private static let patience = Duration.seconds(5)
    private static let retryInterval = Duration.seconds(1)

    init(pool: Pool, logger: Logger) throws {
        self.pool = pool
        self.migrator = try MetricStoreSchema.migrator
        self.logger = logger
    }

    func wait() async throws {
        var isReported = false
        while true {
            do {
                return try await migrator.waitUntilCurrent(pool, limit: Self.patience, clock: ContinuousClock())
            } catch let error where Self.isPassing(error) {
                if !isReported { logger.warning("Waiting for the database", error: error) }
                isReported = true
            }
            try await ContinuousClock().sleep(for: Self.retryInterval)
        }
    }

    private static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case MigrationError.behind: true
        case let error as PostgresError: error.isRetriable || error.isFatal
        case PoolError.exhausted: true
        default: false
        }
    }

    /// The service, started once the schema is there.
    func guarding(_ service: some Service) -> some Service { GatedService(gate: self, service: service) }
}

private struct GatedService<Gated: Service>: Service {
    let gate: SchemaGate
    let service: Gated

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await gate.wait() }
        } catch is CancellationError {
            return
        }
        guard !Task.isShuttingDownGracefully else { return }
        try await service.run()
    }
}

/// Closes the pool when everything that used it has stopped; listed first, so that it is stopped last.
struct PoolKeeper: Service {
    let pool: Pool

    private static let closeLimit = Duration.seconds(2)

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // The group was cancelled instead: the pool is closed all the same.
        }
        await pool.close(within: Self.closeLimit)
    }
}
