package import HostCounters
package import Telemetry

/// Polls the counters of the host that it runs on.
///
/// Owns the last snapshot, against which percentages and energy are computed, and remembers which problems it has named. A
/// poll blocks while files are read: it belongs on a thread of its own.
package struct HostPollster: Sendable {
    private let host: HostName
    private let meters: Set<HostMeter>
    private let sources: Set<HostSource>
    private var counters: HostCounters
    private var previous: HostSnapshot?
    private var problems = HostProblems()

    /// Polls these meters only, and reads only what they need.
    package init(host: HostName, meters: Set<HostMeter>, roots: HostRoots) {
        self.host = host
        self.meters = meters
        self.sources = Set(meters.flatMap(\.definition.sources))
        self.counters = HostCounters(roots: roots)
    }

    package mutating func poll() -> HostPoll {
        let snapshot = counters.read(sources)
        defer { previous = snapshot }
        let readings = HostReadings(of: snapshot, since: previous, on: host)
        let found = snapshot.problems + readings.powerProblems()
        return HostPoll(
            snapshot: snapshot, resources: readings.resources(for: meters),
            failures: found.filter { $0.code != .absent }, newProblems: problems.new(in: found))
    }
}

/// What one poll of the host gave.
package struct HostPoll: Sendable {
    package let snapshot: HostSnapshot
    package let resources: [HostResource]
    /// To be counted: what the machine has and could not be read this time.
    package let failures: [HostCounterError]
    /// To be logged: what went wrong or was found missing since the poll before.
    package let newProblems: [HostCounterError]
}

/// Which problems have been named already, so that a counter that the machine lacks is logged once and not in every poll.
package struct HostProblems: Sendable {
    private var absent: Set<HostCounterError> = []
    private var failing: Set<HostCounterError> = []

    /// Paths of devices that come and go must not add up for ever; past this they are named anew.
    private static let rememberedLimit = 4096

    package init() {}

    /// The problems that were not there before; a failure that went away and came back is new again.
    package mutating func new(in problems: [HostCounterError]) -> [HostCounterError] {
        if absent.count > Self.rememberedLimit { absent = [] }
        let failures = Set(problems.filter { $0.code != .absent })
        let fresh = problems.filter { $0.code == .absent ? absent.insert($0).inserted : !failing.contains($0) }
        failing = failures
        return fresh
    }
}
