import Libvirt
import Logging
import ServiceKit
import Telemetry
import TestKit
import Testing

@testable import Collector

@Suite("Polling servers")
struct ServerPollsterTests {
    private let domains = (0..<10).map { DomainID("d\($0)") }
    private let clock = ManualClock()
    private let registry = InstrumentRegistry()

    private func pollster(_ hypervisor: ScriptedHypervisor, domainsPerCall: Int = 5) -> ServerPollster {
        var limits = ServerPollLimits()
        limits.domainsPerCall = domainsPerCall
        return ServerPollster(
            host: "compute-1", source: hypervisor, limits: limits, clock: clock,
            wallClock: WallClock { Instant(seconds: 1_000) }, instruments: CollectorInstruments(in: registry),
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

    @Test("a domain that hangs costs its group one poll, itself the time of its quarantine, and the others nothing")
    func hangs() async {
        let hypervisor = ScriptedHypervisor(domains)
        let pollster = pollster(hypervisor)
        hypervisor.hang([domains[2]])
        #expect(await poll(pollster) == Set(domains[5...].map(\.text)), "the first poll loses the group")
        let others = Set(domains.map(\.text)).subtracting(["d2"])
        #expect(await poll(pollster) == others, "the second asks its domains one by one")
        hypervisor.forgetRequests()
        for _ in 0..<3 { #expect(await poll(pollster) == others, "then it is left out") }
        #expect(hypervisor.requests.count == 6, "and the others are asked in groups again")
        #expect(registry.exposition().contains("\(failures(.deadline)) 6\n"))
        #expect(registry.exposition().contains("\(failures(.quarantined)) 3\n"))
        #expect(registry.exposition().contains("collector_quarantined_domains 1\n"))
        hypervisor.hang([])
        clock.advance(by: PollSchedule.firstQuarantine)
        #expect(await poll(pollster).count == 10, "when it answers it is back")
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
        let resources = await pollster.poll([.cpu], for: "s", only: [DomainID("x"), domains[0]], within: .seconds(60))
        #expect(resources.map(\.id) == ["d0"])
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
