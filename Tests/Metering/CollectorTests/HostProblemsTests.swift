import HostCounters
import Testing

@testable import Collector

/// What is logged of a host's problems.
@Suite struct HostProblemsTests {
    private let absent = HostCounterError(source: .sensors, path: "/sys/class/hwmon", code: .absent)
    private let broken = HostCounterError(
        source: .sensors, path: "/sys/class/hwmon/hwmon0/temp1_input", code: .unreadable(5))

    @Test("absence is named once for ever, a failure once per occurrence")
    func naming() {
        var problems = HostProblems()
        #expect(problems.new(in: [absent, broken]) == [absent, broken])
        #expect(problems.new(in: [absent, broken]).isEmpty)
        #expect(problems.new(in: []).isEmpty)
        #expect(problems.new(in: [absent, broken]) == [broken])
    }
}
