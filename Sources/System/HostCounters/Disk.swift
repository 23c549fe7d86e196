/// One block device (`/proc/diskstats`, `Documentation/admin-guide/iostats.rst`).
package struct Disk: Hashable, Sendable {
    package let name: String
    /// Whether it is a part of another device, whose counters hold this one's too.
    package let isPartition: Bool
    /// In bytes; nil where sysfs does not say.
    package let size: UInt64?
    package let readRequests: UInt64
    package let readBytes: UInt64
    /// In milliseconds: the sum over the requests.
    package let readTime: UInt64
    package let writeRequests: UInt64
    package let writeBytes: UInt64
    package let writeTime: UInt64
    package let requestsInFlight: UInt64
    /// In milliseconds: how long at least one request was under way.
    package let busyTime: UInt64
    /// In milliseconds times requests under way.
    package let weightedTime: UInt64
}

extension Disk {
    /// Every device in the kernel's order.
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [Disk] {
        let path = tree.roots.procfs + "/diskstats"
        var scanner = try tree.lines(path)
        var rows: [(name: String, counters: [UInt64])] = []
        while var line = scanner.line() {
            guard rows.count < HostTree.directorySizeLimit else {
                throw tree.error(path, .tooLarge(limit: HostTree.directorySizeLimit))
            }
            guard line.unsigned() != nil, line.unsigned() != nil, let name = line.word()?.text(),
                name.utf8.count <= nameLengthLimit, let counters = counters(&line)
            else { throw tree.malformed(path, "device numbers, a name and eleven counters") }
            rows.append((name, counters))
        }
        return rows.map { disk(&tree, name: $0.name, counters: $0.counters) }
    }

    private static func counters(_ line: inout ByteScanner) -> [UInt64]? {
        var counters: [UInt64] = []
        counters.reserveCapacity(11)
        while counters.count < 11 {
            guard let value = line.unsigned() else { return nil }
            counters.append(value)
        }
        return counters
    }

    private static func disk(_ tree: inout HostTree, name: String, counters: [UInt64]) -> Disk {
        // sysfs writes the slash of names such as `cciss/c0d0` as an exclamation mark.
        let entry = tree.roots.sysfs + "/class/block/" + String(name.map { $0 == "/" ? "!" : $0 })
        let sectors = tree.attemptOptional { tree throws(HostCounterError) in try tree.unsigned(entry + "/size") }
        return Disk(
            name: name, isPartition: tree.exists(entry + "/partition"), size: sectors.flatMap(bytes),
            readRequests: counters[0], readBytes: counters[2] &* sectorSize, readTime: counters[3],
            writeRequests: counters[4], writeBytes: counters[6] &* sectorSize, writeTime: counters[7],
            requestsInFlight: counters[8], busyTime: counters[9], weightedTime: counters[10])
    }

    private static func bytes(_ sectors: UInt64) -> UInt64? {
        let (bytes, overflow) = sectors.multipliedReportingOverflow(by: sectorSize)
        return overflow ? nil : bytes
    }

    /// The kernel counts in sectors of 512 bytes whatever the device's own are.
    private static let sectorSize: UInt64 = 512
}
