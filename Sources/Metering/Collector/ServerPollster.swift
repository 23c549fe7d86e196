package import Libvirt
package import Logging
package import ServiceKit
package import Telemetry

/// Polls the servers on this host through its hypervisor.
///
/// Owns who the domains are (read again when an event says that it changed), which of them hang, and each source's last
/// counters of interfaces. Calls run several at a time, each with a deadline, so that a poll ends in time whatever hangs.
package actor ServerPollster {
    private let host: HostName
    let source: any DomainSource
    let limits: ServerPollLimits
    let wallClock: WallClock
    let elapsed: @Sendable () -> Duration
    let instruments: CollectorInstruments
    let logger: Logger

    var schedule: PollSchedule
    var identities: [DomainID: ServerIdentity] = [:]
    private var histories: [String: TrafficHistory] = [:]
    private var isReachable = true
    private let turn = Turn()

    package init(
        host: HostName, source: any DomainSource, limits: ServerPollLimits, clock: some Clock<Duration>,
        wallClock: WallClock, instruments: CollectorInstruments, logger: Logger
    ) {
        self.host = host
        self.source = source
        self.limits = limits
        self.wallClock = wallClock
        let start = clock.now
        self.elapsed = { start.duration(to: clock.now) }
        self.instruments = instruments
        self.logger = logger
        self.schedule = PollSchedule(groupSize: limits.domainsPerCall)
    }

    /// Reads these meters of all servers, or of `only` these, for a source; ends within `limit`.
    ///
    /// What cannot be read gives no reading and is counted.
    package func poll(
        _ meters: Set<ServerMeter>, for sourceName: String, only: Set<DomainID>? = nil, within limit: Duration
    ) async -> [PolledResource] {
        guard !meters.isEmpty else { return [] }
        let end = elapsed() + limit
        // While a call is under way for a domain, another one without waiting would be answered in part.
        await turn.take()
        defer { turn.give() }
        guard let domains = await listDomains(within: min(limits.callDeadline, limit), only: only) else { return [] }
        let plan = schedule.plan(domains, at: elapsed())
        instruments.failures[.quarantined].add(plan.quarantined.count)
        if only == nil {
            instruments.domains.set(domains.count)
            instruments.quarantinedDomains.set(plan.quarantined.count)
        }
        let readings = await read(plan.groups, groups: Self.groups(for: meters), until: end)
        instruments.abandonedConnections.set(source.abandonedConnections)
        var history = histories[sourceName] ?? TrafficHistory()
        var resources: [PolledResource] = []
        for reading in readings {
            guard let identity = identities[reading.statistics.domain.id] else { continue }
            resources += ServerReadings(reading.statistics, of: identity, on: host, meters: meters, at: reading.at)
                .resources(&history)
        }
        if only == nil { history.keep(Set(resources.map(\.id))) }
        histories[sourceName] = history
        return resources
    }

    /// Takes note of what happened to a domain.
    package func note(_ event: DomainEvent) {
        switch event.kind {
        case .defined, .started, .metadataChanged, .deviceChanged: identities[event.domain.id] = nil
        case .undefined, .stopped, .crashed:
            identities[event.domain.id] = nil
            schedule.forget(event.domain.id)
        case .suspended, .resumed, .shutdown, .suspendedByGuest: break
        }
    }

    /// Forgets who the domains are; for when events may have been missed.
    package func forgetIdentities() {
        identities = [:]
    }

    /// What libvirt must be asked for these meters; the state always, as it costs nothing.
    static func groups(for meters: Set<ServerMeter>) -> StatisticsGroups {
        meters.reduce(into: .state) { $0.formUnion($1.definition.groups) }
    }

    private func listDomains(within deadline: Duration, only: Set<DomainID>?) async -> [DomainID]? {
        if let only { return only.sorted() }
        do {
            let domains = try await source.domains(within: deadline).map(\.id)
            if !isReachable { logger.notice("The hypervisor answers again") }
            isReachable = true
            let present = Set(domains)
            schedule.keep(present)
            identities = identities.filter { present.contains($0.key) }
            return domains
        } catch {
            instruments.failures[error is HypervisorError ? .deadline : .unreachable].add()
            if isReachable { logger.warning("The hypervisor does not answer", error: error, metadata: [:]) }
            isReachable = false
            return nil
        }
    }
}

/// How a collector spares its hypervisor.
package struct ServerPollLimits: Hashable, Sendable {
    /// Domains in one call: some 0.3 s of a software-emulated host's monitor round trips, and few to suspect when it hangs.
    package var domainsPerCall = 50
    /// Calls at a time, each on a connection and thread of its own; beyond 4 libvirt itself is the limit.
    package var callsAtATime = 4
    /// For a call of a whole group; a call of one domain has a quarter of it.
    package var callDeadline = Duration.seconds(10)

    package init() {}

    func deadline(for group: [DomainID]) -> Duration {
        group.count == 1 && domainsPerCall > 1 ? callDeadline / 4 : callDeadline
    }
}
