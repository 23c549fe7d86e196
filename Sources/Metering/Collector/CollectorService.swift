import HostCounters
import Libvirt
package import Logging
package import ServiceKit
import ServiceLifecycle
import Telemetry

/// Polls by the clock and by events, and hands what was read to the publisher.
///
/// Each source of the polling definition has a loop of its own, so that a slow one delays nobody; a poll that is still
/// running when the next is due makes that one skipped and counted.
package struct CollectorService: Service {
    private let settings: CollectorSettings
    private let polling: CurrentPolling
    private let source: any DomainSource
    private let servers: ServerPollster
    private let host: HostReader
    private let publisher: BatchPublisher
    private let clock: any Clock<Duration>
    private let wallClock: WallClock
    private let instruments: CollectorInstruments
    private let logger: Logger

    /// What is spooled gets this long to be sent at a stop; the rest is sent by the next run.
    package static let stopLimit = Duration.seconds(3)
    /// Between attempts to hear of the hypervisor's events.
    private static let eventRetry = Duration.seconds(5)

    /// - Throws: `ThreadingError` where the system refuses a thread.
    package init(
        _ settings: CollectorSettings, polling: CurrentPolling, source: any DomainSource, sink: any BatchSink,
        clock: any Clock<Duration> = ContinuousClock(), wallClock: WallClock = .system,
        instruments: CollectorInstruments, logger: Logger
    ) throws {
        self.settings = settings
        self.polling = polling
        self.source = source
        self.clock = clock
        self.wallClock = wallClock
        self.instruments = instruments
        self.logger = logger
        servers = ServerPollster(
            host: settings.host, source: source, limits: settings.servers, clock: clock, wallClock: wallClock,
            instruments: instruments, logger: logger)
        host = try HostReader(
            host: settings.host, roots: settings.roots, instruments: instruments, logger: logger)
        publisher = try BatchPublisher(
            host: settings.host, directory: settings.spoolDirectory, limits: settings.spool, sink: sink, clock: clock,
            wallClock: wallClock, instruments: instruments, logger: logger)
    }

    /// Runs until the service group stops it; throws where the spool cannot be opened.
    package func run() async throws {
        try await publisher.open()
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await publisher.run() }
                group.addTask { await runSources() }
                if settings.pollsServers { group.addTask { await followEvents() } }
                await group.waitForAll()
            }
        }
        await publisher.finish(within: Self.stopLimit)
    }

    private func runSources() async {
        await withDiscardingTaskGroup { group in
            for await _ in polling.changes {
                for source in polling.startable() {
                    group.addTask { await runLoop(of: source) }
                }
            }
        }
    }

    private func runLoop(of source: PollingSource) async {
        let meters = PolledMeters(source.meters, settings)
        if meters.isEmpty {
            logger.warning("No meter of a source is polled here", metadata: ["source.name": "\(source.name)"])
        }
        for await tick in Ticker(every: source.interval, jitter: min(settings.jitter, source.interval), clock: clock) {
            if polling.retires(source) { return await forgetRetired() }
            instruments.skippedPolls.add(tick.skipped)
            await poll(source, meters)
        }
    }

    /// What was kept for sources that a reload took away would otherwise stay for ever.
    private func forgetRetired() async {
        let names = Set(polling.definition.sources.map(\.name))
        await servers.keep(sources: names)
        host.keep(sources: names)
        await publisher.keep(sources: names)
    }

    /// Reads everything of a source; ends before its next poll is due.
    private func poll(_ source: PollingSource, _ meters: PolledMeters) async {
        guard !meters.isEmpty else { return }
        let polledAt = wallClock.now
        let start = ContinuousClock.now
        instruments.polls.add()
        async let servers = servers.poll(meters.servers, for: source.name, within: source.interval)
        async let host = host.poll(meters.host, for: source.name, at: polledAt, within: settings.servers.callDeadline)
        // The host comes first, so that where a poll is cut into several batches its resources stay together.
        let resources = await host + servers
        await publisher.publish(
            BatchPacking.Poll(source: source.name, interval: source.interval, polledAt: polledAt, resources: resources))
        instruments.pollSeconds.observe(start.duration(to: .now))
    }

    // MARK: - Events

    private func followEvents() async {
        var isFollowing: Bool?
        while !Task.isCancelled {
            do {
                let events = try await source.events(within: settings.servers.callDeadline)
                logger.info("Following the hypervisor's events")
                isFollowing = true
                // What happened while nobody listened is not known.
                await servers.forgetIdentities()
                await follow(events)
            } catch is CancellationError {
                return
            } catch {
                instruments.failures[.events].add()
                if isFollowing != false {
                    logger.warning("The hypervisor's events cannot be followed", error: error, metadata: [:])
                }
                isFollowing = false
            }
            do { try await clock.sleep(for: Self.eventRetry) } catch { return }
        }
    }

    /// A domain that started is read at once, and one whose guest has halted a last time while it can still be read; neither
    /// waits for another's reading.
    private func follow(_ events: AsyncStream<DomainEvent>) async {
        await withDiscardingTaskGroup { group in
            for await event in events {
                guard await servers.note(event) else { continue }
                group.addTask { await readAtOnce(event.domain.id) }
            }
        }
    }

    private func readAtOnce(_ domain: DomainID) async {
        let sources = polling.definition.sources
        let meters = Dictionary(
            sources.map { ($0.name, PolledMeters($0.meters, settings).servers) },
            uniquingKeysWith: { first, _ in first })
        let polledAt = wallClock.now
        let resources = await servers.pollAtOnce([domain], for: meters, within: settings.servers.callDeadline)
        for source in sources {
            await publisher.publish(
                BatchPacking.Poll(
                    source: source.name, interval: source.interval, polledAt: polledAt,
                    resources: resources[source.name] ?? [], isComplete: false))
        }
    }
}

/// The meters that a source chooses out of those that this collector polls.
struct PolledMeters: Hashable, Sendable {
    let servers: Set<ServerMeter>
    let host: Set<HostMeter>

    init(_ selection: MeterSelection, _ settings: CollectorSettings) {
        servers = settings.pollsServers ? Set(ServerMeter.allCases.filter { selection.contains($0.name) }) : []
        host = settings.pollsHost ? Set(HostMeter.allCases.filter { selection.contains($0.name) }) : []
    }

    var isEmpty: Bool { servers.isEmpty && host.isEmpty }
}
