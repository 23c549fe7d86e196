/// The memory of the host in bytes (`/proc/meminfo`); a line that the kernel does not write is nil.
package struct Memory: Hashable, Sendable {
    package private(set) var total: UInt64 = 0
    package private(set) var free: UInt64 = 0
    package private(set) var available: UInt64?
    package private(set) var buffers: UInt64?
    package private(set) var cached: UInt64?
    package private(set) var swapTotal: UInt64?
    package private(set) var swapFree: UInt64?
    package private(set) var dirty: UInt64?
    package private(set) var writeback: UInt64?
    package private(set) var anonymous: UInt64?
    package private(set) var shared: UInt64?
    package private(set) var slab: UInt64?
    package private(set) var committed: UInt64?
    package private(set) var commitLimit: UInt64?
    package private(set) var anonymousHugePages: UInt64?
    package private(set) var hardwareCorrupted: UInt64?
}

extension Memory {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> Memory {
        let path = tree.roots.procfs + "/meminfo"
        var memory = Memory()
        var missing = lines
        try tree.keyed(path) { entry in
            if memory.take(entry) { missing.remove(entry.key) }
        }
        guard missing.isDisjoint(with: ["MemTotal", "MemFree"]) else {
            throw tree.malformed(path, "MemTotal and MemFree")
        }
        tree.noteAbsent(missing, in: path)
        return memory
    }

    /// The lines that are read.
    private static let lines: Set<String> = [
        "MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapTotal", "SwapFree", "Dirty", "Writeback",
        "AnonPages", "Shmem", "Slab", "Committed_AS", "CommitLimit", "AnonHugePages", "HardwareCorrupted",
    ]

    /// Takes a line; false for one that is not read.
    private mutating func take(_ entry: KeyedLine) -> Bool {
        switch entry.key {
        case "MemTotal": total = entry.value
        case "MemFree": free = entry.value
        case "MemAvailable": available = entry.value
        case "Buffers": buffers = entry.value
        case "Cached": cached = entry.value
        case "SwapTotal": swapTotal = entry.value
        case "SwapFree": swapFree = entry.value
        case "Dirty": dirty = entry.value
        case "Writeback": writeback = entry.value
        case "AnonPages": anonymous = entry.value
        case "Shmem": shared = entry.value
        case "Slab": slab = entry.value
        case "Committed_AS": committed = entry.value
        case "CommitLimit": commitLimit = entry.value
        case "AnonHugePages": anonymousHugePages = entry.value
        case "HardwareCorrupted": hardwareCorrupted = entry.value
        default: return false
        }
        return true
    }
}
