/// The reserved huge pages of one size, of the host or of one NUMA node (`hugepages-<size>kB`).
package struct HugePagePool: Hashable, Sendable {
    /// In bytes.
    package let pageSize: UInt64
    /// In pages.
    package let total: UInt64
    package let free: UInt64
    package let surplus: UInt64
    /// Promised to a process and not yet faulted in; the kernel counts it for the whole host only.
    package let reserved: UInt64?
}

extension HugePagePool {
    /// The pools of the whole host, the smallest page first.
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [HugePagePool] {
        try read(&tree, in: tree.roots.sysfs + "/kernel/mm/hugepages", isHost: true)
    }

    static func read(
        _ tree: inout HostTree, in directory: String, isHost: Bool
    ) throws(HostCounterError) -> [HugePagePool] {
        var pools: [HugePagePool] = []
        for name in try tree.names(in: directory) where name.hasPrefix("hugepages-") && name.hasSuffix("kB") {
            guard let size = UInt64(name.dropFirst("hugepages-".count).dropLast(2)), size <= UInt64.max / 1024 else {
                throw tree.malformed(directory + "/" + name, "a page size in the name")
            }
            let path = directory + "/" + name
            let pool = tree.attempt { tree throws(HostCounterError) in
                HugePagePool(
                    pageSize: size * 1024,
                    total: try tree.unsigned(path + "/nr_hugepages"),
                    free: try tree.unsigned(path + "/free_hugepages"),
                    surplus: try tree.unsigned(path + "/surplus_hugepages"),
                    reserved: isHost ? try tree.unsigned(path + "/resv_hugepages") : nil)
            }
            if let pool { pools.append(pool) }
        }
        return pools.sorted { $0.pageSize < $1.pageSize }
    }
}
