package import HostCounters
import Telemetry

extension HostReadings {
    /// Energy and mean power of each zone since the last poll.
    func powerZones() -> [HostResource] {
        guard let previous, let zones = snapshot.powerZones else { return [] }
        let earlier = Dictionary(
            (previous.powerZones ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let limits = Dictionary(zones.map { ($0.id, $0.powerLimit) }, uniquingKeysWith: { first, _ in first })
        let seconds = (snapshot.taken - previous.taken) / .seconds(1)
        return zones.compactMap { zone in
            // A part of a package has no limit of its own and can't use more than the package.
            let package = zone.id.split(separator: ":").prefix(2).joined(separator: ":")
            guard let before = earlier[zone.id],
                let joules = zone.joules(
                    since: before, seconds: seconds, limit: zone.powerLimit ?? limits[package] ?? nil)
            else { return nil }
            var resource = HostResource(
                .powerZone, of: host, device: zone.id, attributes: [BatchAttribute("zone", zone.name)])
            resource.add(.energy, joules)
            resource.add(.power, joules / seconds)
            return resource
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
        let highest = Double(limit ?? Self.assumedPowerLimit) * Self.limitMargin * seconds
        guard highest < Double(range) else { return nil }
        let microjoules = energy >= earlier.energy ? energy - earlier.energy : range - earlier.energy + energy
        return Double(microjoules) / 1_000_000
    }
}
