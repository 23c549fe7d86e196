internal import AsyncHTTPClient
package import Logging
internal import MetricStore
package import Postgres
package import ServiceKit
internal import ServiceLifecycle
internal import Telemetry

/// Delivers the actions of alarms: POSTs each to its webhook until it is accepted.
///
/// A receiver that is slow holds up nobody but itself (`DeliveryWindow`). Several of these may run, in one process or many: actions are claimed in the store. At least once whatever crashes, once
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
        await withTaskGroup(of: Happening.self) { group in
            var window = DeliveryWindow()
            group.addTask { await nextTick() }
            while let happening = await group.next() {
                switch happening {
                case .tick:
                    if await claimDue(&window, &group, webhook) { await showBacklog() }
                    group.addTask { await nextTick() }
                case .ended(let address):
                    window.leave(address)
                    // Others may have waited for the place.
                    _ = await claimDue(&window, &group, webhook)
                case .stopped:
                    // What is under way is finished; what it leaves behind is for the next process.
                    break
                }
            }
        }
        try await webhook.close()
    }

    private enum Happening {
        case tick
        case ended(address: String)
        case stopped
    }

    private func nextTick() async -> Happening {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: settings.interval) }
            return .tick
        } catch {
            // A sleep fails by cancellation alone.
            return .stopped
        }
    }

    /// Begins as many deliveries as are due and have a place; false where the store could not be asked.
    private func claimDue(
        _ window: inout DeliveryWindow, _ group: inout TaskGroup<Happening>, _ webhook: Webhook
    ) async -> Bool {
        guard window.free > 0, !Task.isShuttingDownGracefully, !Task.isCancelled else { return true }
        do {
            let claimed = try await pool.transaction { [store, settings, window] db in
                try store.claim(
                    limit: window.free, perAddress: DeliveryWindow.addressLimit, rooms: window.rooms,
                    lease: settings.lease, in: db)
            }
            for action in claimed {
                window.enter(action.url)
                group.addTask {
                    await deliver(action, to: webhook)
                    return .ended(address: action.url)
                }
            }
            return true
        } catch {
            complain(error)
            return false
        }
    }

    private func showBacklog() async {
        do {
            let backlog = try await pool.transaction { [store] db in try store.backlog(in: db) }
            instruments.pending.set(Double(backlog.count))
        } catch {
            complain(error)
        }
    }

    /// The store is away: nothing is lost, the next tick tries again.
    private func complain(_ error: any Error) {
        guard !(error is CancellationError) else { return }
        instruments.failed[.store].add()
        logger.warning("Alarm actions can't be read or written", error: error)
    }

    private func deliver(_ action: AlarmAction, to webhook: Webhook) async {
        do {
            do throws(WebhookError) {
                try await webhook.post(action)
            } catch {
                try await postpone(action, error)
                return
            }
            instruments.delivered.add()
            try await pool.transaction { [store] db in try store.delivered(action, in: db) }
        } catch {
            complain(error)
        }
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
