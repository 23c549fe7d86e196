/// One energy counter of the processor or its memory (`/sys/class/powercap`, RAPL).
package struct PowerZone: Hashable, Sendable {
    /// The zone's place in the tree: `intel-rapl:0` is a package, `intel-rapl:0:1` a part of it.
    package let id: String
    /// What it measures, such as `package-0` and `dram`.
    ///
    /// Two packages have parts of the same name.
    package let name: String
    /// In microjoules; starts again at zero past `range`.
    package let energy: UInt64
    /// In microjoules: the highest value before the counter wraps.
    package let range: UInt64
    /// In microwatts: the highest limit that is set on the zone; nil for zones without one.
    package let powerLimit: UInt64?

    package init(id: String, name: String, energy: UInt64, range: UInt64, powerLimit: UInt64?) {
        self.id = id
        self.name = name
        self.energy = energy
        self.range = range
        self.powerLimit = powerLimit
    }
}

extension PowerZone {
    /// The zones of processors; `intel-rapl-mmio` counts the packages of `intel-rapl` a second time and is left out.
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [PowerZone] {
        let directory = tree.roots.sysfs + "/class/powercap"
        let entries = try tree.names(in: directory).filter { name in
            name.contains(":") && !name.hasPrefix("intel-rapl-mmio")
        }
        guard !entries.isEmpty else { throw tree.error(directory + "/intel-rapl:0", .absent) }
        var zones: [PowerZone] = []
        for id in entries {
            let zone = tree.attempt { tree throws(HostCounterError) in
                try read(&tree, directory + "/" + id, id: id)
            }
            if let zone { zones.append(zone) }
        }
        return zones
    }

    private static func read(
        _ tree: inout HostTree, _ path: String, id: String
    ) throws(HostCounterError) -> PowerZone {
        let name = try tree.text(path + "/name")
        let range = try tree.unsigned(path + "/max_energy_range_uj")
        let energy = try tree.unsigned(path + "/energy_uj")
        guard energy <= range else { throw tree.malformed(path + "/energy_uj", "an energy within its range") }
        var limit: UInt64?
        for constraint in 0..<constraintLimit {
            let file = path + "/constraint_\(constraint)_power_limit_uw"
            let watts = tree.attemptOptional { tree throws(HostCounterError) in try tree.unsigned(file) }
            guard let watts else { break }
            limit = max(limit ?? 0, watts)
        }
        return PowerZone(id: id, name: name, energy: energy, range: range, powerLimit: limit)
    }

    /// RAPL knows long term, short term and peak power.
    private static let constraintLimit = 3
}
