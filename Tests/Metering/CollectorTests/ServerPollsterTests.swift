import Libvirt
import Logging
import ServiceKit
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Collector

@Suite("Polling servers")
struct ServerPollsterTests {
    private let domains = (0..<10).map { DomainID("d\($0)") }
    private let clock = ManualClock()
    private let registry = InstrumentRegistry()

    private func pollster(
        _ hypervisor: ScriptedHypervisor, domainsPerCall: Int = 5,
        now: @escaping @Sendable () -> Instant = { Instant(seconds: 1_000) }
    ) -> ServerPollster {
        var limits = ServerPollLimits()
        limits.domainsPerCall = domainsPerCall
        return ServerPollster(
            host: "compute-1", source: hypervisor, limits: limits, clock: clock,
            wallClock: WallClock { now() }, instruments: CollectorInstruments(in: registry),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func poll(_ pollster: ServerPollster) async -> Set<String> {
        Set(await pollster.poll([.cpu], for: "s", within: .seconds(60)).map(\.id.text))
    }

    private func failures(_ reason: PollFailure) -> String {
        "collector_poll_failures_total{reason=\"\(reason.rawValue)\"}"
    }

    @Test("all domains are read, in groups")
    func groups() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        #expect(await poll(pollster) == Set(domains.map(\.text)))
        #expect(hypervisor.requests.map(\.domains.count).sorted() == [5, 5])
    }

    @Test("a domain that hangs costs itself the time of its quarantine, and the others nothing")
    func hangs() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        hypervisor.hang([domains[2]])
        let others = Set(domains.map(\.text)).subtracting(["d2"])
        #expect(await poll(pollster) == others, "the first poll asks the domains of its group one by one")
        #expect(hypervisor.requests.map(\.domains.count).sorted() == [1, 1, 1, 1, 1, 5, 5])
        hypervisor.forgetRequests()
        for _ in 0..<3 { #expect(await poll(pollster) == others, "then it is left out") }
        #expect(hypervisor.requests.count == 6, "and the others are asked in groups again")
        #expect(registry.exposition().contains("\(failures(.deadline)) 1\n"))
        #expect(registry.exposition().contains("\(failures(.quarantined)) 3\n"))
        #expect(registry.exposition().contains("collector_quarantined_domains 1\n"))
        hypervisor.hang([])
        clock.advance(by: PollSchedule.firstQuarantine)
        #expect(await poll(pollster).count == 10, "when it answers it is back")
    }

    @Test("in a poll shorter than a call's deadline a hang is found out all the same")
    func shortInterval() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        hypervisor.hang([domains[2]])
        #expect(await pollster.poll([.cpu], for: "s", within: .seconds(1)).count == 9)
        #expect(registry.exposition().contains("\(failures(.late)) 0\n"))
        #expect(registry.exposition().contains("\(failures(.deadline)) 1\n"))
    }

    @Test("the bytes of a poll that was missed are in the next delta, and none is counted twice")
    func missedPoll() async {
        let hypervisor = ScriptedHypervisor(Array(domains[..<2]))
        var now = Instant(seconds: 1_000)
        let times = Mutex(now)
        let pollster = pollster(hypervisor, now: { times.withLock { $0 } })
        var sum = 0.0
        for (step, bytes) in [UInt64(100), 300, 600, 1_000].enumerated() {
            now = now + .seconds(10)
            times.withLock { $0 = now }
            for domain in domains[..<2] { hypervisor.receive(bytes, domain) }
            hypervisor.hang(step == 1 || step == 2 ? [domains[1]] : [])
            if step == 3 { clock.advance(by: PollSchedule.firstQuarantine) }
            let resources = await pollster.poll([.incomingBytesDelta], for: "s", within: .seconds(60))
            sum += resources.filter { $0.id.text.contains("-d1-") }.flatMap(\.readings).reduce(0) { $0 + $1.value }
        }
        #expect(sum == 900)
    }

    @Test(
        "a domain on its way from or to another host gives no samples and is no failure, and is read when it goes on",
        arguments: [UInt32(2), 11, 12, 13])
    func migration(reason: UInt32) async {
        let hypervisor = ScriptedHypervisor(Array(domains[..<2]))
        let pollster = pollster(hypervisor)
        hypervisor.setState(.paused, reason: reason, of: domains[1])
        #expect(await poll(pollster) == ["d0"])
        let resumed = DomainEvent(domain: DomainSummary(id: domains[1], name: "d1"), kind: .resumed)
        #expect(await pollster.note(resumed))
        #expect(await !pollster.note(resumed))
        hypervisor.setState(.paused, reason: 1, of: domains[1])
        #expect(await poll(pollster) == ["d0", "d1"], "who was paused by its user is read")
        #expect(!registry.exposition().contains(/collector_poll_failures_total\{.*\} [1-9]/))
    }

    @Test("a domain that halts is read while a poll is under way, for all sources with one call")
    func atOnce() async throws {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        hypervisor.hold([domains[7]])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = await pollster.poll([.cpu], for: "s", within: .seconds(60)) }
            try await eventually("the poll is under way", within: .seconds(60)) { hypervisor.callsUnderWay > 0 }
            let resources = await pollster.pollAtOnce(
                [domains[0]], for: ["s": [.cpu], "t": [.powerState], "u": []], within: .seconds(10))
            #expect(resources.mapValues { $0.map(\.id.text) } == ["s": ["d0"], "t": ["d0"]])
            #expect(hypervisor.requests.filter(\.waits).map(\.domains) == [[domains[0]]])
            hypervisor.hold([])
            try await group.waitForAll()
        }
    }

    @Test("a change during the reading of a description is not lost, nor is the domain's reading")
    func changeMeanwhile() async throws {
        let hypervisor = ScriptedHypervisor([domains[0]])
        let pollster = pollster(hypervisor)
        hypervisor.hold([domains[0]])
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { await self.poll(pollster).count }
            try await eventually("the poll is under way", within: .seconds(60)) { hypervisor.callsUnderWay > 0 }
            await pollster.note(DomainEvent(domain: DomainSummary(id: domains[0], name: "d0"), kind: .metadataChanged))
            hypervisor.hold([])
            #expect(try await group.next() == 1)
        }
        _ = await poll(pollster)
        #expect(hypervisor.requests.map(\.described) == [[domains[0]], [domains[0]]])
    }

    @Test("descriptions are read again after a while, for events can be missed")
    func expiry() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        _ = await poll(pollster)
        clock.advance(by: ServerIdentities.lifetime * 2)
        hypervisor.forgetRequests()
        _ = await poll(pollster)
        #expect(Set(hypervisor.requests.flatMap(\.described)) == Set(domains))
    }

    @Test("a hypervisor that does not answer yields no samples and one failure, and is asked again")
    func unreachable() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        hypervisor.setReachable(false)
        #expect(await poll(pollster).isEmpty)
        #expect(registry.exposition().contains("\(failures(.unreachable)) 1\n"))
        hypervisor.setReachable(true)
        #expect(await poll(pollster).count == 10)
    }

    @Test("a domain that is gone when it is asked yields no sample and a failure")
    func gone() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        let resources = await pollster.pollAtOnce(
            [DomainID("x"), domains[0]], for: ["s": [.cpu]], within: .seconds(60))
        #expect(resources["s"]?.map(\.id) == ["d0"])
        #expect(registry.exposition().contains("\(failures(.gone)) 1\n"))
    }

    @Test("a domain is described once, and again after an event says that it changed")
    func identities() async {
        let hypervisor = ScriptedHypervisor(Array(domains[..<2]))
        let pollster = pollster(hypervisor)
        _ = await poll(pollster)
        _ = await poll(pollster)
        await pollster.note(
            DomainEvent(domain: DomainSummary(id: domains[1], name: "d1"), kind: .metadataChanged))
        _ = await poll(pollster)
        #expect(hypervisor.requests.map(\.described) == [Set(domains[..<2]), [], [domains[1]]])
    }

    @Test("only the groups of counters that the meters need are asked for")
    func statisticsGroups() {
        #expect(ServerPollster.groups(for: [.diskReadBytes]) == [.state, .block])
        #expect(ServerPollster.groups(for: [.cpu, .memory]) == [.state, .cpu, .vcpu, .balloon])
        #expect(ServerPollster.groups(for: [.rootDiskSize]) == .state)
        let all = Set(ServerMeter.allCases.filter { !$0.rawValue.hasPrefix("perf.") })
        #expect(!ServerPollster.groups(for: all).contains(.perf))
    }

    @Test("a domain that was answered in part is asked once more, and counted only where that does not help")
    func incomplete() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        hypervisor.answerInPart([domains[1]], times: 1)
        #expect(await poll(pollster).count == 10)
        #expect(hypervisor.requests.last?.domains == [domains[1]])
        hypervisor.forgetRequests()
        hypervisor.answerInPart(Set(domains), times: 1)
        #expect(await poll(pollster).count == 10)
        #expect(hypervisor.requests.map(\.domains.count) == [5, 5, 5, 5], "in groups too")
        #expect(registry.exposition().contains("\(failures(.incomplete)) 0\n"))
        hypervisor.answerInPart([domains[1]], times: 2)
        #expect(await poll(pollster).count == 9, "a meter that was not told yields no sample")
        #expect(registry.exposition().contains("\(failures(.incomplete)) 1\n"))
    }

    @Test("polls of several sources do not ask about the same domain at the same time")
    func oneAtATime() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor, domainsPerCall: 10)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = await pollster.poll([.cpu], for: "s\(number)", within: .seconds(60)) }
            }
        }
        #expect(hypervisor.requests.count == 20)
        #expect(hypervisor.callsAtATime == 1)
    }

    @Test("domains whose turn does not come before the poll must end are counted as late")
    func late() async {
        let pollster = pollster(ScriptedHypervisor(domains))
        #expect(await pollster.poll([.cpu], for: "s", within: .zero).isEmpty)
        #expect(registry.exposition().contains("\(failures(.late)) 10\n"))
    }
}
