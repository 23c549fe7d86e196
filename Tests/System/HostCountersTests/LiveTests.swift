import Foundation
import Testing

@testable import HostCounters

/// The machine that runs the tests.
@Suite struct LiveTests {
    @Test("this machine's counters are read without a malformed file")
    func thisMachine() throws {
        var counters = HostCounters()
        let snapshot = counters.read()
        let malformed = snapshot.problems.filter { if case .malformed = $0.code { true } else { false } }
        #expect(malformed.isEmpty, "\(malformed)")
        #expect(snapshot.processors?.each.count == ProcessInfo.processInfo.activeProcessorCount)
        #expect(snapshot.processors?.ticksPerSecond == sysconf(Int32(_SC_CLK_TCK)))
        #expect(snapshot.memory?.total == ProcessInfo.processInfo.physicalMemory)
        #expect(snapshot.loadAverage != nil)
        #expect(snapshot.virtualMemory?.faults != nil)
        #expect(snapshot.networkInterfaces?.contains { $0.name == "lo" } == true)
        let uptime = try #require(snapshot.boot?.uptime)
        #expect(abs(uptime - snapshot.taken / .seconds(1)) < 60)
    }

    @Test("counters of this machine do not fall between two readings")
    func twoReadings() throws {
        var counters = HostCounters()
        let first = counters.read()
        let second = counters.read()
        #expect(first.taken < second.taken)
        #expect(first.boot?.id == second.boot?.id)
        let (before, after) = (try #require(first.processors), try #require(second.processors))
        #expect(before.total.user <= after.total.user)
        // Not "rises": nothing says that another thread ran between the two.
        #expect(try #require(before.contextSwitches) <= #require(after.contextSwitches))
        #expect((first.virtualMemory?.faults ?? 0) <= (second.virtualMemory?.faults ?? 0))
    }
}
