import Libvirt
import Testing

@Suite("Statistics from libvirt's parameters")
struct DomainStatisticsTests {
    let domain = DomainSummary(id: DomainID("6f1d2a0c-5b43-4c1e-9d7a-3c0e5f8a1b02"), name: "instance-00000002")

    @Test("a guest's parameters become its statistics")
    func reads() {
        let statistics = DomainStatistics(
            domain: domain,
            parameters: [
                TypedParameter("state.state", .signed(1)), TypedParameter("cpu.time", .unsigned(24_937_970_106)),
                TypedParameter("cpu.user", .unsigned(22_450_000_000)),
                TypedParameter("balloon.current", .unsigned(98_304)),
                TypedParameter("balloon.last-update", .unsigned(1_795_468_951)),
                TypedParameter("vcpu.current", .unsigned(2)), TypedParameter("vcpu.maximum", .unsigned(4)),
                TypedParameter("vcpu.0.time", .unsigned(10)), TypedParameter("vcpu.0.halted", .bool(true)),
                TypedParameter("vcpu.3.time", .unsigned(20)), TypedParameter("vcpu.3.delay", .unsigned(5)),
                TypedParameter("net.count", .unsigned(1)), TypedParameter("net.0.name", .string("tap7c40a9e2-1d")),
                TypedParameter("net.0.rx.bytes", .unsigned(3_658)), TypedParameter("net.0.tx.drop", .unsigned(0)),
                TypedParameter("block.count", .unsigned(2)), TypedParameter("block.1.name", .string("vdb")),
                TypedParameter("block.1.rd.reqs", .unsigned(114)), TypedParameter("block.1.fl.times", .unsigned(7)),
                TypedParameter("perf.cpu_cycles", .unsigned(9)),
            ])
        #expect(statistics.state == .running)
        #expect(statistics.cpu.time == 24_937_970_106)
        #expect(statistics.cpu.system == nil)
        #expect(statistics.memory.current == 98_304)
        #expect(statistics.memory.updatedAt == 1_795_468_951)
        #expect(statistics.vcpus.map(\.number) == [0, 3])
        #expect(statistics.vcpus.map(\.time) == [10, 20])
        #expect(statistics.vcpus[0].isHalted == true)
        #expect(statistics.vcpus[0].delay == nil)
        #expect(statistics.interfaces[0].name == "tap7c40a9e2-1d")
        #expect(statistics.interfaces[0].received.bytes == 3_658)
        #expect(statistics.interfaces[0].sent.drops == 0)
        #expect(statistics.blocks.count == 2)
        #expect(statistics.blocks[0].name == nil)
        #expect(statistics.blocks[1].readRequests == 114)
        #expect(statistics.perf.cycles == 9)
    }

    @Test(
        "unknown, negative, mistyped and absurd parameters are no readings",
        arguments: [
            TypedParameter("cpu.time", .signed(-1)), TypedParameter("cpu.time", .string("7")),
            TypedParameter("cpu.time", .double(7)), TypedParameter("cpu", .unsigned(7)),
            TypedParameter("", .unsigned(7)),
            TypedParameter("...", .unsigned(7)), TypedParameter("cpu.cache.monitor.count", .unsigned(0)),
            TypedParameter("block.99999999999.rd.reqs", .unsigned(7)), TypedParameter("net.-1.rx.bytes", .unsigned(7)),
            TypedParameter("dirtyrate.calc_status", .signed(0)),
        ])
    func ignores(parameter: TypedParameter) {
        #expect(
            DomainStatistics(domain: domain, parameters: [parameter]) == DomainStatistics(domain: domain))
    }
}
