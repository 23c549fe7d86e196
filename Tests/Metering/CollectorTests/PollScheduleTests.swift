import Libvirt
import Testing

@testable import Collector

@Suite("Which domains are asked for together")
struct PollScheduleTests {
    let domains = (0..<7).map { DomainID("d\($0)") }

    @Test("healthy domains are asked in groups")
    func groups() {
        let plan = PollSchedule(groupSize: 3).plan(domains, at: .zero)
        #expect(plan.groups.map(\.count) == [3, 3, 1])
        #expect(plan.groups.flatMap { $0 } == domains)
        #expect(PollSchedule(groupSize: 3).plan([], at: .zero).groups.isEmpty)
    }

    @Test("after a group hung its domains are asked one by one, and the others in groups as before")
    func suspects() {
        var schedule = PollSchedule(groupSize: 3)
        schedule.hung(Array(domains[0..<3]), at: .zero)
        let plan = schedule.plan(domains, at: .seconds(1))
        #expect(plan.groups.prefix(3) == [[domains[0]], [domains[1]], [domains[2]]])
        #expect(plan.groups.dropFirst(3) == [Array(domains[3..<6]), [domains[6]]])
    }

    @Test("the one that hangs alone is quarantined, longer each time, and the others go back to a group")
    func quarantine() {
        var schedule = PollSchedule(groupSize: 10)
        schedule.hung(domains, at: .zero)
        for domain in domains.dropFirst() { schedule.returned([domain]) }
        schedule.hung([domains[0]], at: .zero)
        let plan = schedule.plan(domains, at: .seconds(29))
        #expect(plan.quarantined == [domains[0]])
        #expect(plan.groups == [Array(domains.dropFirst())])
        #expect(schedule.plan(domains, at: .seconds(30)).groups.first == [domains[0]])
        schedule.hung([domains[0]], at: .seconds(30))
        #expect(schedule.plan(domains, at: .seconds(89)).quarantined == [domains[0]])
        #expect(schedule.plan(domains, at: .seconds(90)).quarantined.isEmpty)
        for _ in 0..<10 { schedule.hung([domains[0]], at: .seconds(90)) }
        #expect(schedule.plan(domains, at: .seconds(90) + PollSchedule.longestQuarantine).quarantined.isEmpty)
    }

    @Test("a domain that answers, or that stopped, is trusted again")
    func trusted() {
        var schedule = PollSchedule(groupSize: 10)
        schedule.hung([domains[0]], at: .zero)
        schedule.returned([domains[0]])
        #expect(schedule.plan(domains, at: .zero).groups == [domains])
        schedule.hung([domains[0]], at: .zero)
        schedule.forget(domains[0])
        #expect(schedule.plan(domains, at: .zero).groups == [domains])
        schedule.hung(domains, at: .zero)
        schedule.keep([])
        #expect(schedule.plan(domains, at: .zero).groups == [domains])
    }
}
