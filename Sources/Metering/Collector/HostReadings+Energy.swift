package import HostCounters
import Telemetry

extension HostReadings {
    /// Energy and mean power of each zone since the last poll.
    func powerZones() -> [HostResource] {
        pairsOfZones().compactMap { zone, before, seconds, limit in
            guard let joules = zone.joules(since: before, seconds: seconds, limit: limit) else { return nil }
            var resource = HostResource(
                .powerZone, of: host, device: zone.id, attributes: [BatchAttribute("zone", zone.name)])
            resource.add(.energy, joules)
            resource.add(.power, joules / seconds)
            return resource
        }
    }

    /// The zones that were polled too seldom for their energy to be known.
    func powerProblems() -> [HostCounterError] {
        pairsOfZones().compactMap { zone, _, seconds, limit in
            guard zone.mayWrapTwice(in: seconds, limit: limit) else { return nil }
            return HostCounterError(source: .powerZones, path: zone.id + "/energy_uj", code: .ambiguous)
        }
    }

    private func pairsOfZones() -> [(zone: PowerZone, before: PowerZone, seconds: Double, limit: UInt64?)] {
        guard let previous, let zones = snapshot.powerZones else { return [] }
        let earlier = Dictionary(
            (previous.powerZones ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let limits = Dictionary(zones.map { ($0.id, $0.powerLimit) }, uniquingKeysWith: { first, _ in first })
        let seconds = (snapshot.taken - previous.taken) / .seconds(1)
        return zones.compactMap { zone in
            // A part of a package has no limit of its own and can't use more than the package.
            let package = zone.id.split(separator: ":").prefix(2).joined(separator: ":")
            return earlier[zone.id].map { (zone, $0, seconds, zone.powerLimit ?? limits[package] ?? nil) }
        }
    }
}

extension PowerZone {
    /// The power that a zone without a stated limit is taken to stay below, in microwatts: twice the largest processor's.
    private static let assumedPowerLimit: UInt64 = 1_000_000_000

    /// Processors pass their long-term limit for moments; in the mean over a poll they stay within this factor of it.
    private static let limitMargin = 1.25

    /// The energy since an earlier reading with at most one wrap undone, in joules.
    ///
    /// Nil where the counter may have wrapped more than once: a guess would be billed.
    package func joules(since earlier: PowerZone, seconds: Double, limit: UInt64?) -> Double? {
        guard range == earlier.range, energy <= range, earlier.energy <= range, seconds > 0 else { return nil }
        guard !mayWrapTwice(in: seconds, limit: limit) else { return nil }
        let microjoules = energy >= earlier.energy ? energy - earlier.energy : range - earlier.energy + energy
        return Double(microjoules) / 1_000_000
    }

    /// Whether the counter may begin anew more than once in this time.
    func mayWrapTwice(in seconds: Double, limit: UInt64?) -> Bool {
        Double(limit ?? Self.assumedPowerLimit) * Self.limitMargin * seconds >= Double(range)
    }
}
