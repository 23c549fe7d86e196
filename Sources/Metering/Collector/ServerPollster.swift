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
    var identities = ServerIdentities()
    private var histories: [String: TrafficHistory] = [:]
    /// Those that were on their way from or to another host when they were last read.
    private var inTransit: Set<DomainID> = []
    private var isReachable = true
    private let turn = Turn()
    private let turnsAtOnce: Turn

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
        self.turnsAtOnce = Turn(width: limits.callsAtATime)
    }

    /// Reads these meters of all servers for a source; ends within `limit`.
    ///
    /// What cannot be read gives no reading and is counted.
    package func poll(
        _ meters: Set<ServerMeter>, for sourceName: String, within limit: Duration
    ) async -> [PolledResource] {
        guard !meters.isEmpty else { return [] }
        let end = elapsed() + limit
        // While a call is under way for a domain, another one without waiting would be answered in part.
        await turn.take()
        defer { turn.give() }
        guard let domains = await listDomains(within: limits.groupDeadline(within: limit)) else { return [] }
        let plan = schedule.plan(domains, at: elapsed())
        instruments.failures[.quarantined].add(plan.quarantined.count)
        instruments.domains.set(domains.count)
        instruments.quarantinedDomains.set(plan.quarantined.count)
        let readings = await read(
            plan.groups, Question(groups: Self.groups(for: meters), waits: false, limit: limit, end: end))
        instruments.abandonedConnections.set(source.abandonedConnections)
        // A domain that could not be read this time keeps its last counters, so that the next delta has all its bytes.
        histories[sourceName]?.keep(Set(domains))
        return resources(of: readings, meters, for: sourceName)
    }

    /// Reads these servers for several sources now, beside any poll that is under way; each reading within `limit`.
    ///
    /// Answers what each source gets. libvirt waits for a domain that another call is asking, because this may be the last
    /// chance; one that does not answer is not taken for hung.
    package func pollAtOnce(
        _ domains: Set<DomainID>, for sources: [String: Set<ServerMeter>], within limit: Duration
    ) async -> [String: [PolledResource]] {
        let wanted = sources.filter { !$0.value.isEmpty }
        guard !wanted.isEmpty else { return [:] }
        await turnsAtOnce.take()
        defer { turnsAtOnce.give() }
        let plan = schedule.plan(domains.sorted(), at: elapsed())
        instruments.failures[.quarantined].add(plan.quarantined.count)
        let groups = wanted.values.reduce(into: StatisticsGroups.state) { $0.formUnion(Self.groups(for: $1)) }
        let readings = await read(
            plan.groups, Question(groups: groups, waits: true, limit: limit, end: elapsed() + limit))
        instruments.abandonedConnections.set(source.abandonedConnections)
        var answer: [String: [PolledResource]] = [:]
        for (name, meters) in wanted { answer[name] = resources(of: readings, meters, for: name) }
        return answer
    }

    private func resources(
        of readings: [Reading], _ meters: Set<ServerMeter>, for sourceName: String
    ) -> [PolledResource] {
        var history = histories[sourceName] ?? TrafficHistory()
        var resources: [PolledResource] = []
        for reading in readings {
            let domain = reading.statistics.domain.id
            guard !reading.statistics.isInTransit else {
                inTransit.insert(domain)
                continue
            }
            inTransit.remove(domain)
            // Who could not be described was counted as such.
            guard let identity = identities[domain] else { continue }
            resources += ServerReadings(reading.statistics, of: identity, on: host, meters: meters, at: reading.at)
                .resources(&history)
        }
        histories[sourceName] = history
        return resources
    }

    /// Takes note of what happened to a domain; true where it is to be read at once.
    @discardableResult
    package func note(_ event: DomainEvent) -> Bool {
        let domain = event.domain.id
        switch event.kind {
        case .started:
            identities.note(changeOf: domain)
            return true
        case .shutdown: return true
        case .resumed: return inTransit.remove(domain) != nil
        case .defined, .metadataChanged, .deviceChanged: identities.note(changeOf: domain)
        case .undefined, .stopped, .crashed:
            identities.note(changeOf: domain)
            schedule.forget(domain)
        case .suspended, .suspendedByGuest: break
        }
        return false
    }

    /// Lets the descriptions of all domains be read again; for when events may have been missed.
    package func forgetIdentities() {
        identities.noteChangeOfAll()
    }

    /// Forgets all sources but these.
    package func keep(sources: Set<String>) {
        histories = histories.filter { sources.contains($0.key) }
    }

    /// What libvirt must be asked for these meters; the state always, as it costs nothing.
    static func groups(for meters: Set<ServerMeter>) -> StatisticsGroups {
        meters.reduce(into: .state) { $0.formUnion($1.definition.groups) }
    }

    private func listDomains(within deadline: Duration) async -> [DomainID]? {
        do {
            let domains = try await source.domains(within: deadline).map(\.id)
            if !isReachable { logger.notice("The hypervisor answers again") }
            isReachable = true
            let present = Set(domains)
            schedule.keep(present)
            identities.keep(present)
            inTransit.formIntersection(present)
            return domains
        } catch is CancellationError {
            return nil
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
    /// For a call of a whole group at most; a call of one domain has a quarter of a group's.
    package var callDeadline = Duration.seconds(10)

    package init() {}

    /// A call's deadline in a poll that may take `limit`: half of it is left to ask the domains of a group that hangs alone.
    func groupDeadline(within limit: Duration) -> Duration {
        min(callDeadline, limit / 2)
    }

    func deadline(for group: [DomainID], within limit: Duration) -> Duration {
        let deadline = groupDeadline(within: limit)
        return group.count == 1 && domainsPerCall > 1 ? deadline / 4 : deadline
    }
}
