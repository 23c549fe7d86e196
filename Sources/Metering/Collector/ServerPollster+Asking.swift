import Libvirt
import Logging
import ServiceKit
import Telemetry

/// Asking the hypervisor, several groups of domains at a time.
extension ServerPollster {
    /// One domain's statistics and when they came.
    struct Reading: Sendable {
        let statistics: DomainStatistics
        let at: Instant
    }

    private struct GroupAnswer: Sendable {
        let group: [DomainID]
        let result: Result<DomainAnswer, any Error>
        let at: Instant
    }

    /// The poll's time was over before the group was asked, or before it could have been called hung.
    private struct Late: Error {}

    /// Reads the domains of these groups; whom libvirt answered only in part because another program was asking it something
    /// is asked once more.
    func read(_ plan: [[DomainID]], groups: StatisticsGroups, until end: Duration) async -> [Reading] {
        var readings: [DomainID: Reading] = [:]
        for answer in await ask(plan, groups: groups, until: end) { take(answer, into: &readings) }
        let partial = incomplete(readings, for: groups)
        if !partial.isEmpty {
            for answer in await ask([partial], groups: groups, until: end) { take(answer, into: &readings) }
            instruments.failures[.incomplete].add(incomplete(readings, for: groups).count)
        }
        return readings.sorted { $0.key < $1.key }.map(\.value)
    }

    private func incomplete(_ readings: [DomainID: Reading], for groups: StatisticsGroups) -> [DomainID] {
        readings.filter { id, reading in
            identities[id].map { reading.statistics.isIncomplete(for: groups, $0) } ?? false
        }.keys.sorted()
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
            let (left, deadline) = (end - elapsed(), limits.deadline(for: request.domains))
            let result: Result<DomainAnswer, any Error>
            do {
                guard left > .zero else { throw Late() }
                result = .success(try await source.read(request, within: min(deadline, left)))
            } catch HypervisorError.deadlineExceeded where left < deadline {
                result = .failure(Late())
            } catch {
                result = .failure(error)
            }
            return GroupAnswer(group: request.domains, result: result, at: wallClock.now)
        }
    }

    private func take(_ answer: GroupAnswer, into readings: inout [DomainID: Reading]) {
        switch answer.result {
        case .success(let content):
            schedule.returned(answer.group)
            for description in content.descriptions { identities[description.id] = ServerIdentity(description) }
            for failure in content.failures.values { instruments.failures[PollFailure(failure)].add() }
            for statistics in content.statistics {
                readings[statistics.domain.id] = Reading(statistics: statistics, at: answer.at)
            }
        case .failure(is Late): instruments.failures[.late].add(answer.group.count)
        case .failure(HypervisorError.deadlineExceeded):
            instruments.failures[.deadline].add(answer.group.count)
            schedule.hung(answer.group, at: elapsed())
            logger.warning(
                "A call to the hypervisor hangs and was given up",
                metadata: [
                    "domains.count": "\(answer.group.count)", "domain.first": "\(answer.group.first?.text ?? "")",
                ])
        case .failure(let error):
            instruments.failures[error is HypervisorError ? .deadline : .unreachable].add(answer.group.count)
            logger.warning(
                "Domains could not be read", error: error, metadata: ["domains.count": "\(answer.group.count)"])
        }
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
        // A domain whose monitor is busy still tells the names of its disks, without counters.
        let lacksBlocks =
            identity.description.disks.contains(where: \.hasSource) && !blocks.contains { $0.readBytes != nil }
        let lacksInterfaces =
            !identity.description.interfaces.isEmpty && !interfaces.contains { $0.received.bytes != nil }
        return groups.contains(.cpu) && cpu.time == nil || groups.contains(.block) && lacksBlocks
            || groups.contains(.interface) && lacksInterfaces
    }
}
