internal import AsyncHTTPClient
package import Logging
internal import MetricStore
package import Postgres
package import ServiceKit
internal import ServiceLifecycle
internal import Telemetry

/// Delivers the actions of alarms: POSTs each to its webhook until it is accepted.
///
/// Several of these may run, in one process or many: actions are claimed in the store. At least once whatever crashes, once
/// while nothing does, and in order for each alarm and address.
package struct ActionDeliveryService: Service {
    private let settings: DeliverySettings
    private let pool: Pool
    private let store: AlarmActionStore
    private let clock: WallClock
    private let instruments: AlarmingInstruments
    private let logger: Logger

    package init(
        _ settings: DeliverySettings, pool: Pool, clock: WallClock, instruments: AlarmingInstruments, logger: Logger
    ) {
        self.settings = settings
        self.pool = pool
        self.store = AlarmActionStore()
        self.clock = clock
        self.instruments = instruments
        self.logger = logger
    }

    package func run() async throws {
        let webhook = Webhook(hosts: settings.hosts, timeout: settings.requestTimeout)
        for await _ in Ticker(every: settings.interval, clock: ContinuousClock()).cancelOnGracefulShutdown() {
            do {
                try await deliverDue(to: webhook)
            } catch is CancellationError {
                break
            } catch {
                // The store is away: nothing is lost, the next tick tries again.
                instruments.failed[.store].add()
                logger.warning("Alarm actions can't be read or written", error: error)
            }
        }
        try await webhook.close()
    }

    /// Delivers until nothing is due.
    private func deliverDue(to webhook: Webhook) async throws {
        while !Task.isShuttingDownGracefully {
            let claimed = try await pool.transaction { [store, settings] db in
                try store.claim(limit: DeliverySettings.concurrencyLimit, lease: settings.lease, in: db)
            }
            guard !claimed.isEmpty else { break }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for action in claimed {
                    group.addTask { try await deliver(action, to: webhook) }
                }
                try await group.waitForAll()
            }
        }
        let backlog = try await pool.transaction { [store] db in try store.backlog(in: db) }
        instruments.pending.set(Double(backlog.count))
    }

    private func deliver(_ action: AlarmAction, to webhook: Webhook) async throws {
        do {
            try await webhook.post(action)
        } catch {
            try await postpone(action, error)
            return
        }
        instruments.delivered.add()
        try await pool.transaction { [store] db in try store.delivered(action, in: db) }
    }

    private func postpone(_ action: AlarmAction, _ error: WebhookError) async throws {
        instruments.failed[error.reason].add()
        let age = clock.now - action.createdAt
        guard error.isRetriable, age < settings.abandonAfter else {
            instruments.failed[.abandoned].add()
            logger.error(
                "An alarm action was given up", error: error,
                metadata: ["action.id": "\(action.id)", "action.url": "\(action.url)"])
            try await pool.transaction { [store] db in
                try store.abandoned(action, because: error.description, in: db)
            }
            return
        }
        let delay = settings.retryDelays.delay(afterAttempts: Int(action.attempt), spread: .random(in: 0...1))
        logger.debug(
            "An alarm action failed and will be tried again", error: error,
            metadata: ["action.id": "\(action.id)", "action.attempt": "\(action.attempt)"])
        try await pool.transaction { [store] db in
            try store.failed(action, because: error.description, retryAfter: delay, in: db)
        }
    }
}
