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

    /// What a poll asks of every domain, and how long it may take.
    struct Question: Sendable {
        let groups: StatisticsGroups
        /// Whether libvirt is to wait for domains that are busy.
        let waits: Bool
        /// The whole poll's time.
        let limit: Duration
        /// When that is over.
        let end: Duration
    }

    private struct GroupAnswer: Sendable {
        let request: DomainRequest
        /// Of the identities when they were asked for.
        let revision: Int
        let result: Result<DomainAnswer, any Error>
        let at: Instant
    }

    /// The poll's time was over before the group was asked, or before it could have been called hung.
    private struct Late: Error {}

    /// Reads the domains of these groups.
    ///
    /// The domains of a group whose call hangs are asked one by one, so that the others keep their cadence. Whom libvirt
    /// answered only in part, because another program was asking it something, is asked once more.
    func read(_ plan: [[DomainID]], _ question: Question) async -> [Reading] {
        var readings: [DomainID: Reading] = [:]
        let suspects = await ask(plan, question, into: &readings)
        _ = await ask(suspects.map { [$0] }, question, into: &readings)
        let partial = incomplete(readings, for: question.groups)
        if !partial.isEmpty {
            let groups = stride(from: 0, to: partial.count, by: limits.domainsPerCall).map { start in
                Array(partial[start..<min(start + limits.domainsPerCall, partial.count)])
            }
            _ = await ask(groups, question, into: &readings)
            instruments.failures[.incomplete].add(incomplete(readings, for: question.groups).count)
        }
        return readings.sorted { $0.key < $1.key }.map(\.value)
    }

    private func incomplete(_ readings: [DomainID: Reading], for groups: StatisticsGroups) -> [DomainID] {
        readings.filter { id, reading in
            identities[id].map { reading.statistics.isIncomplete(for: groups, $0) } ?? false
        }.keys.sorted()
    }

    /// Asks for these groups; answers the domains of those whose call hung.
    private func ask(
        _ plan: [[DomainID]], _ question: Question, into readings: inout [DomainID: Reading]
    ) async -> [DomainID] {
        let answers = await withTaskGroup(of: GroupAnswer.self) { tasks in
            var waiting = plan.makeIterator()
            var answers: [GroupAnswer] = []
            for _ in 0..<limits.callsAtATime {
                guard let group = waiting.next() else { break }
                add(group, question, to: &tasks)
            }
            while let answer = await tasks.next() {
                answers.append(answer)
                if let group = waiting.next() { add(group, question, to: &tasks) }
            }
            return answers
        }
        return answers.flatMap { take($0, question, into: &readings) }
    }

    private func add(_ group: [DomainID], _ question: Question, to tasks: inout TaskGroup<GroupAnswer>) {
        let now = elapsed()
        let request = DomainRequest(
            domains: group, groups: question.groups,
            described: Set(group.filter { identities.mustBeRead($0, at: now) }), waits: question.waits)
        let revision = identities.revision
        tasks.addTask { [source, limits, elapsed, wallClock] in
            let (left, deadline) = (question.end - elapsed(), limits.deadline(for: group, within: question.limit))
            let result: Result<DomainAnswer, any Error>
            do {
                guard left > .zero else { throw Late() }
                result = .success(try await source.read(request, within: min(deadline, left)))
            } catch HypervisorError.deadlineExceeded where left < deadline {
                result = .failure(Late())
            } catch {
                result = .failure(error)
            }
            return GroupAnswer(request: request, revision: revision, result: result, at: wallClock.now)
        }
    }

    /// Takes what a call brought; answers its domains where several hung together.
    private func take(
        _ answer: GroupAnswer, _ question: Question, into readings: inout [DomainID: Reading]
    ) -> [DomainID] {
        let group = answer.request.domains
        switch answer.result {
        case .success(let content):
            schedule.returned(group)
            for description in content.descriptions {
                identities.take(description, askedAt: answer.revision, now: elapsed())
            }
            for failure in content.failures.values { instruments.failures[PollFailure(failure)].add() }
            for statistics in content.statistics {
                readings[statistics.domain.id] = Reading(statistics: statistics, at: answer.at)
            }
        case .failure(is CancellationError): break
        case .failure(is Late): instruments.failures[.late].add(group.count)
        case .failure(HypervisorError.deadlineExceeded):
            logger.warning(
                "A call to the hypervisor hangs and was given up",
                metadata: ["domains.count": "\(group.count)", "domain.first": "\(group.first?.text ?? "")"])
            // libvirt was told to wait, so that this is no sign of a domain that hangs.
            if !question.waits { schedule.hung(group, at: elapsed()) }
            guard group.count == 1 else { return group }
            instruments.failures[.deadline].add()
        case .failure(let error):
            instruments.failures[error is HypervisorError ? .deadline : .unreachable].add(group.count)
            logger.warning("Domains could not be read", error: error, metadata: ["domains.count": "\(group.count)"])
        }
        return []
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
        guard state == .running || state == .paused, !isInTransit else { return false }
        // A domain whose monitor is busy still tells the names of its disks, without counters.
        let lacksBlocks =
            identity.description.disks.contains(where: \.hasSource) && !blocks.contains { $0.readBytes != nil }
        let lacksInterfaces =
            !identity.description.interfaces.isEmpty && !interfaces.contains { $0.received.bytes != nil }
        // The resident size, which QEMU's driver always knows, comes with what only the monitor tells.
        let lacksMemory = mayBePartial && memory.current != nil && memory.rss == nil
        return groups.contains(.cpu) && cpu.time == nil || groups.contains(.block) && lacksBlocks
            || groups.contains(.interface) && lacksInterfaces || groups.contains(.balloon) && lacksMemory
    }
}
