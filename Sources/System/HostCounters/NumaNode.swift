/// One NUMA node (`/sys/devices/system/node/node<n>`).
package struct NumaNode: Hashable, Sendable {
    package let number: Int
    package let memory: NumaMemory?
    package let allocations: NumaAllocations?
    package let hugePages: [HugePagePool]
}

/// The memory of one node in bytes.
package struct NumaMemory: Hashable, Sendable {
    package private(set) var total: UInt64?
    package private(set) var free: UInt64?
    package private(set) var used: UInt64?
    package private(set) var filePages: UInt64?
    package private(set) var anonymous: UInt64?
}

/// Where the node's pages were allocated, in pages since boot (`Documentation/admin-guide/numastat.rst`).
package struct NumaAllocations: Hashable, Sendable {
    /// Allocated here as wished.
    package private(set) var hit: UInt64?
    /// Allocated here though another node was wished.
    package private(set) var miss: UInt64?
    /// Wished here and allocated elsewhere.
    package private(set) var foreign: UInt64?
    package private(set) var local: UInt64?
    package private(set) var other: UInt64?
}

extension NumaNode {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [NumaNode] {
        let directory = tree.roots.sysfs + "/devices/system/node"
        return try tree.numbered("node", in: directory).map { name, number in
            let path = directory + "/" + name
            return NumaNode(
                number: number,
                memory: tree.attempt { tree throws(HostCounterError) in
                    try NumaMemory.read(&tree, path + "/meminfo")
                },
                allocations: tree.attemptOptional { tree throws(HostCounterError) in
                    try NumaAllocations.read(&tree, path + "/numastat")
                },
                hugePages: tree.attemptOptional { tree throws(HostCounterError) in
                    try HugePagePool.read(&tree, in: path + "/hugepages", isHost: false)
                } ?? [])
        }
    }
}

extension NumaMemory {
    fileprivate static func read(_ tree: inout HostTree, _ path: String) throws(HostCounterError) -> NumaMemory {
        var scanner = try tree.lines(path)
        var memory = NumaMemory()
        while var line = scanner.line() {
            // Each line repeats its node: `Node 0 MemTotal:  4679892 kB`.
            guard line.word()?.text() == "Node", line.unsigned() != nil, let entry = KeyedLine(&line) else {
                throw tree.malformed(path, "a node, a name and a whole number")
            }
            switch entry.key {
            case "MemTotal": memory.total = entry.value
            case "MemFree": memory.free = entry.value
            case "MemUsed": memory.used = entry.value
            case "FilePages": memory.filePages = entry.value
            case "AnonPages": memory.anonymous = entry.value
            default: break
            }
        }
        return memory
    }
}

extension NumaAllocations {
    fileprivate static func read(_ tree: inout HostTree, _ path: String) throws(HostCounterError) -> NumaAllocations {
        var allocations = NumaAllocations()
        try tree.keyed(path) { entry in
            switch entry.key {
            case "numa_hit": allocations.hit = entry.value
            case "numa_miss": allocations.miss = entry.value
            case "numa_foreign": allocations.foreign = entry.value
            case "local_node": allocations.local = entry.value
            case "other_node": allocations.other = entry.value
            default: break
            }
        }
        return allocations
    }
}
