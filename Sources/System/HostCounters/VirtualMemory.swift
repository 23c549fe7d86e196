/// Paging since boot (`/proc/vmstat`); a line that the kernel does not write is nil.
package struct VirtualMemory: Hashable, Sendable {
    /// In bytes: what the page cache read from and wrote to block devices.
    package private(set) var pagedIn: UInt64?
    package private(set) var pagedOut: UInt64?
    /// In pages.
    package private(set) var swappedIn: UInt64?
    package private(set) var swappedOut: UInt64?
    package private(set) var faults: UInt64?
    package private(set) var majorFaults: UInt64?
    /// Processes that the kernel killed for want of memory.
    package private(set) var outOfMemoryKills: UInt64?
}

extension VirtualMemory {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> VirtualMemory {
        var memory = VirtualMemory()
        let path = tree.roots.procfs + "/vmstat"
        var missing = lines
        try tree.keyed(path) { entry in
            if memory.take(entry) { missing.remove(entry.key) }
        }
        tree.noteAbsent(missing, in: path)
        return memory
    }

    /// The lines that are read.
    private static let lines: Set<String> = [
        "pgpgin", "pgpgout", "pswpin", "pswpout", "pgfault", "pgmajfault", "oom_kill",
    ]

    /// Takes a line; false for one that is not read.
    private mutating func take(_ entry: KeyedLine) -> Bool {
        switch entry.key {
        // `pgpgin` and `pgpgout` count kibibytes, though their names say pages.
        case "pgpgin": pagedIn = entry.value.multipliedReportingOverflow(by: 1024).partialValue
        case "pgpgout": pagedOut = entry.value.multipliedReportingOverflow(by: 1024).partialValue
        case "pswpin": swappedIn = entry.value
        case "pswpout": swappedOut = entry.value
        case "pgfault": faults = entry.value
        case "pgmajfault": majorFaults = entry.value
        case "oom_kill": outOfMemoryKills = entry.value
        default: return false
        }
        return true
    }
}
