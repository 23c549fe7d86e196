import Logging
import MetricStore
import Postgres
import ServiceKit
import ServiceLifecycle

/// The services that work with the database: they start once it answers and its schema is this program's.
///
/// Until then the process is up but not ready, and what needs no database, such as the collector, works already.
struct SchemaBoundServices: Service {
    let services: [any Service]
    let pool: Pool
    let logger: Logger

    /// So long an older schema is waited for; then the process says so and ends.
    private static let schemaWait = Duration.seconds(300)
    /// A database that is started together with the daemon is there within seconds, one that recovers within minutes. It is waited
    /// for without end: a collector in this process works without it.
    private static let connectionRetries = RetryPolicy(
        attemptLimit: .max, firstDelay: .milliseconds(200), maxDelay: .seconds(5), deadline: .seconds(Int64.max))

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await waitForSchema() }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            return
        }
        try await ServiceGroup(services: services, logger: logger).run()
    }

    private func waitForSchema() async throws {
        try await retry(
            Self.connectionRetries, when: { ($0 as? PostgresError)?.isRetriable ?? false },
            onFailure: { error, delay in
                logger.warning("The database does not answer; trying again in \(delay)", error: error)
            },
            {
                try await MetricStoreSchema.migrator.waitUntilCurrent(
                    pool, limit: Self.schemaWait, clock: ContinuousClock())
            })
    }
}
