/// One thermal zone of the platform (`/sys/class/thermal/thermal_zone<n>`).
package struct ThermalZone: Hashable, Sendable {
    package let number: Int
    /// What the zone covers: `acpitz`, `x86_pkg_temp`.
    package let type: String
    /// In degrees Celsius.
    package let temperature: Double
}

extension ThermalZone {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [ThermalZone] {
        let directory = tree.roots.sysfs + "/class/thermal"
        let entries = try tree.numbered("thermal_zone", in: directory)
        guard !entries.isEmpty else { throw tree.error(directory + "/thermal_zone0", .absent) }
        var zones: [ThermalZone] = []
        for (name, number) in entries {
            let path = directory + "/" + name
            let zone = tree.attempt { tree throws(HostCounterError) in
                ThermalZone(
                    number: number, type: try tree.text(path + "/type"),
                    temperature: Double(try tree.signed(path + "/temp")) / 1000)
            }
            if let zone { zones.append(zone) }
        }
        return zones
    }
}
