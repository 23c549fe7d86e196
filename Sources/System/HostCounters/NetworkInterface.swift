/// One network interface (`/proc/net/dev` and `/sys/class/net`).
package struct NetworkInterface: Hashable, Sendable {
    package let name: String
    package let received: PacketCounters
    package let sent: PacketCounters
    /// In bits per second; nil while the link is down and for devices without a speed.
    package let speed: UInt64?
    /// RFC 2863's operational state as sysfs writes it, such as `up`, `down` and `unknown`.
    package let operationalState: String?
    /// Whether a device of its own stands behind it; bridges, taps and tunnels have none.
    package let isPhysical: Bool
}

/// One direction of an interface, since the driver was loaded.
package struct PacketCounters: Hashable, Sendable {
    package let bytes: UInt64
    package let packets: UInt64
    package let errors: UInt64
    package let dropped: UInt64
}

extension NetworkInterface {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [NetworkInterface] {
        let path = tree.ofFirstProcess("/net/dev", else: "/net/dev")
        var scanner = try tree.lines(path)
        guard scanner.line() != nil, scanner.line() != nil else { throw tree.malformed(path, "two lines of headings") }
        var rows: [(name: String, counters: [UInt64])] = []
        while var line = scanner.line() {
            guard rows.count < HostTree.directorySizeLimit else {
                throw tree.error(path, .tooLarge(limit: HostTree.directorySizeLimit))
            }
            // Old kernels write the first counter right behind the colon, so the colon ends the name and not a blank.
            guard let name = line.prefix(beforeLast: UInt8(ascii: ":"))?.trimmed().text(), !name.contains("/"),
                let counters = counters(&line)
            else { throw tree.malformed(path, "a name and sixteen counters") }
            rows.append((name, counters))
        }
        return rows.map { interface(&tree, name: $0.name, counters: $0.counters) }
    }

    private static func counters(_ line: inout ByteScanner) -> [UInt64]? {
        var counters: [UInt64] = []
        counters.reserveCapacity(16)
        while counters.count < 16 {
            guard let value = line.unsigned() else { return nil }
            counters.append(value)
        }
        return counters
    }

    private static func interface(_ tree: inout HostTree, name: String, counters: [UInt64]) -> NetworkInterface {
        let entry = tree.roots.sysfs + "/class/net/" + name
        return NetworkInterface(
            name: name,
            received: PacketCounters(
                bytes: counters[0], packets: counters[1], errors: counters[2], dropped: counters[3]),
            sent: PacketCounters(
                bytes: counters[8], packets: counters[9], errors: counters[10], dropped: counters[11]),
            speed: speed(&tree, entry),
            operationalState: tree.attemptOptional { tree throws(HostCounterError) in
                try tree.text(entry + "/operstate")
            },
            isPhysical: tree.exists(entry + "/device"))
    }

    /// A link without a speed answers EINVAL or −1 (`Documentation/ABI/testing/sysfs-class-net`), which is no failure.
    private static func speed(_ tree: inout HostTree, _ entry: String) -> UInt64? {
        let speed = tree.attemptOptional { tree throws(HostCounterError) -> Int64? in
            do throws(HostCounterError) {
                return try tree.signed(entry + "/speed")
            } catch {
                if case .unreadable = error.code { return nil }
                throw error
            }
        }
        guard let megabits = speed ?? nil, megabits > 0 else { return nil }
        return UInt64(megabits) * 1_000_000
    }
}
