import HostCounters
import Telemetry
import Testing

@testable import Collector

/// Energy counters that wrap.
@Suite struct HostEnergyTests {
    private func zone(_ energy: UInt64, range: UInt64 = 262_143_328_850, limit: UInt64? = nil) -> PowerZone {
        PowerZone(id: "intel-rapl:0", name: "package-0", energy: energy, range: range, powerLimit: limit)
    }

    @Test("energy is the difference, over a wrap too")
    func difference() {
        #expect(zone(5_000_000).joules(since: zone(2_000_000), seconds: 10, limit: nil) == 3)
        #expect(zone(671_150).joules(since: zone(262_143_000_000), seconds: 10, limit: nil) == 1)
        #expect(zone(7).joules(since: zone(7), seconds: 10, limit: nil) == 0)
    }

    @Test("where the counter may have wrapped twice there is no energy rather than a guess")
    func ambiguity() {
        #expect(zone(5).joules(since: zone(2), seconds: 300, limit: nil) == nil)
        #expect(zone(5_000_000).joules(since: zone(2_000_000), seconds: 300, limit: 198_000_000) == 3)
        #expect(zone(5).joules(since: zone(2), seconds: 1100, limit: 198_000_000) == nil)
    }

    @Test("a zone that is polled too seldom is named")
    func seldom() {
        let roots = HostTrees.roots("two-socket-server")
        let first = HostTrees.snapshot(roots, at: 1)
        let soon = HostTrees.snapshot(roots, at: 11)
        #expect(HostReadings(of: soon, since: first, on: "compute-1").powerProblems().isEmpty)
        let late = HostTrees.snapshot(roots, at: 100_000)
        let problems = HostReadings(of: late, since: first, on: "compute-1").powerProblems()
        #expect(problems.map(\.code) == first.powerZones?.map { _ in .ambiguous })
        #expect(problems.first?.path == "intel-rapl:0/energy_uj")
    }

    @Test("a counter whose range changed, and no time, give nothing")
    func nonsense() {
        #expect(zone(5).joules(since: zone(2, range: 100), seconds: 10, limit: nil) == nil)
        #expect(zone(5).joules(since: zone(2), seconds: 0, limit: nil) == nil)
    }
}
