package import Telemetry

/// The loads of all hosts whose batches come this way.
package struct HostLoads: Sendable {
    private let timeConstant: Duration
    private var trackers: [HostName: HostLoadTracker] = [:]

    /// A cloud of more hosts has more than one weighing process; past this an attacker or a loop makes up names.
    package static let hostLimit = 100_000

    package init(timeConstant: Duration) {
        self.timeConstant = timeConstant
    }

    package var hostCount: Int { trackers.count }

    /// The newest load of each host after these batches.
    ///
    /// A host that sends a backlog gives one record and not one for every tick of the past.
    package mutating func step(_ batches: [SampleBatch]) -> [HostLoad] {
        var loads: [HostName: HostLoad] = [:]
        for batch in batches {
            guard trackers[batch.host] != nil || trackers.count < Self.hostLimit else { continue }
            let load = trackers[batch.host, default: HostLoadTracker(timeConstant: timeConstant)].step(batch)
            if let load { loads[batch.host] = load }
        }
        return loads.values.sorted { $0.host < $1.host }
    }

    /// Forgets hosts that have not ticked since this time, and names them.
    @discardableResult
    package mutating func forget(before instant: Instant) -> [HostName] {
        let gone = trackers.filter { ($0.value.lastTickAt ?? instant) < instant }.keys.sorted()
        for host in gone { trackers[host] = nil }
        return gone
    }

    /// Forgets everything, for another process takes over.
    package mutating func forgetAll() {
        trackers = [:]
    }
}
