/// Since when the host runs (`/proc/uptime`), and which of its boots this is.
package struct Boot: Hashable, Sendable {
    /// In seconds.
    package let uptime: Double
    /// The kernel's random id of this boot: where it differs, no counter of the other snapshot can be subtracted.
    package let id: String
}

extension Boot {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> Boot {
        let path = tree.roots.procfs + "/uptime"
        var line = try tree.lines(path)
        guard let uptime = line.decimal() else { throw tree.malformed(path, "seconds") }
        return Boot(uptime: uptime, id: try tree.text(tree.roots.procfs + "/sys/kernel/random/boot_id"))
    }
}
