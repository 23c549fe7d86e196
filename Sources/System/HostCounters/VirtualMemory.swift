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
        try tree.keyed(tree.roots.procfs + "/vmstat") { memory.take($0) }
        return memory
    }

    private mutating func take(_ entry: KeyedLine) {
        switch entry.key {
        // `pgpgin` and `pgpgout` count kibibytes, though their names say pages.
        case "pgpgin": pagedIn = entry.value.multipliedReportingOverflow(by: 1024).partialValue
        case "pgpgout": pagedOut = entry.value.multipliedReportingOverflow(by: 1024).partialValue
        case "pswpin": swappedIn = entry.value
        case "pswpout": swappedOut = entry.value
        case "pgfault": faults = entry.value
        case "pgmajfault": majorFaults = entry.value
        case "oom_kill": outOfMemoryKills = entry.value
        default: break
        }
    }
}
