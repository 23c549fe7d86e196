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
    private let source: any DomainSource
    private let limits: ServerPollLimits
    private let wallClock: WallClock
    private let elapsed: @Sendable () -> Duration
    private let instruments: CollectorInstruments
    private let logger: Logger

    private var schedule: PollSchedule
    private var identities: [DomainID: ServerIdentity] = [:]
    private var histories: [String: TrafficHistory] = [:]
    private var isReachable = true

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
        guard let domains = await listDomains(within: min(limits.callDeadline, limit), only: only) else { return [] }
        let plan = schedule.plan(domains, at: elapsed())
        instruments.failures[.quarantined].add(plan.quarantined.count)
        if only == nil {
            instruments.domains.set(domains.count)
            instruments.quarantinedDomains.set(plan.quarantined.count)
        }
        let answers = await ask(plan.groups, groups: Self.groups(for: meters), until: end)
        var history = histories[sourceName] ?? TrafficHistory()
        var resources: [PolledResource] = []
        for answer in answers {
            resources += readings(answer, meters: meters, history: &history)
        }
        if only == nil {
            history.keep(Set(resources.map(\.id)))
        }
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

// MARK: - Asking

extension ServerPollster {
    private struct GroupAnswer: Sendable {
        let group: [DomainID]
        /// Nil where the group's turn never came.
        let result: Result<DomainAnswer, any Error>?
        let at: Instant
    }

    private func ask(_ plan: [[DomainID]], groups: StatisticsGroups, until end: Duration) async -> [GroupAnswer] {
        let requests = plan.map { group in
            DomainRequest(domains: group, groups: groups, described: Set(group.filter { identities[$0] == nil }))
        }
        return await withTaskGroup(of: GroupAnswer.self) { tasks in
            var waiting = requests.makeIterator()
            var answers: [GroupAnswer] = []
            for _ in 0..<limits.callsAtATime {
                guard let request = waiting.next() else { break }
                add(request, until: end, to: &tasks)
            }
            while let answer = await tasks.next() {
                answers.append(answer)
                if let request = waiting.next() { add(request, until: end, to: &tasks) }
            }
            return answers
        }
    }

    private func add(_ request: DomainRequest, until end: Duration, to tasks: inout TaskGroup<GroupAnswer>) {
        tasks.addTask { [source, limits, elapsed, wallClock] in
            let left = end - elapsed()
            guard left > .zero else { return GroupAnswer(group: request.domains, result: nil, at: wallClock.now) }
            do {
                let deadline = min(limits.deadline(for: request.domains), left)
                let answer = try await source.read(request, within: deadline)
                return GroupAnswer(group: request.domains, result: .success(answer), at: wallClock.now)
            } catch {
                return GroupAnswer(group: request.domains, result: .failure(error), at: wallClock.now)
            }
        }
    }

    private func readings(
        _ answer: GroupAnswer, meters: Set<ServerMeter>, history: inout TrafficHistory
    ) -> [PolledResource] {
        switch answer.result {
        case nil:
            instruments.failures[.late].add(answer.group.count)
            return []
        case .failure(let error):
            fail(answer.group, error)
            return []
        case .success(let content):
            schedule.returned(answer.group)
            for description in content.descriptions { identities[description.id] = ServerIdentity(description) }
            for failure in content.failures.values { instruments.failures[PollFailure(failure)].add() }
            return content.statistics.flatMap { statistics -> [PolledResource] in
                guard let identity = identities[statistics.domain.id] else { return [] }
                if statistics.isIncomplete(for: Self.groups(for: meters), identity) {
                    instruments.failures[.incomplete].add()
                }
                return ServerReadings(statistics, of: identity, on: host, meters: meters, at: answer.at)
                    .resources(&history)
            }
        }
    }

    private func fail(_ group: [DomainID], _ error: any Error) {
        guard case HypervisorError.deadlineExceeded = error else {
            instruments.failures[error is HypervisorError ? .deadline : .unreachable].add(group.count)
            logger.warning("Domains could not be read", error: error, metadata: ["domains.count": "\(group.count)"])
            return
        }
        instruments.failures[.deadline].add(group.count)
        schedule.hung(group, at: elapsed())
        logger.warning(
            "A call to the hypervisor hangs and was given up",
            metadata: ["domains.count": "\(group.count)", "domain.first": "\(group.first?.text ?? "")"])
    }
}

extension PollFailure {
    init(_ failure: DomainFailure) {
        switch failure {
        case .unreadable(let error) where error.code == .noDomain: self = .gone
        case .unreadable: self = .refused
        case .undescribed(let error) where error.code == .noDomain: self = .gone
        case .undescribed, .malformedXML: self = .description
        }
    }
}

extension DomainStatistics {
    /// Whether counters are missing that a domain with these devices has: libvirt leaves out what it would have to wait for.
    func isIncomplete(for groups: StatisticsGroups, _ identity: ServerIdentity) -> Bool {
        guard state == .running else { return false }
        let disks = identity.description.disks.contains(where: \.hasSource)
        return groups.contains(.cpu) && cpu.time == nil || groups.contains(.block) && disks && blocks.isEmpty
            || groups.contains(.interface) && !identity.description.interfaces.isEmpty && interfaces.isEmpty
    }
}
