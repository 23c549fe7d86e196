import Glibc

/// What `/proc/stat` counts since boot (`Documentation/filesystems/proc.rst`).
package struct Processors: Hashable, Sendable {
    package let total: ProcessorTimes
    /// The processors that are online, by number; offline ones are missing.
    package let each: [Processor]
    package let contextSwitches: UInt64?
    package let interrupts: UInt64?
    package let forks: UInt64?
    package let running: UInt64?
    package let blocked: UInt64?
    /// Clock ticks in a second, for the unit of the times.
    package let ticksPerSecond: Int
}

/// One online processor.
package struct Processor: Hashable, Sendable {
    package let number: Int
    package let times: ProcessorTimes
}

/// Time by mode, in clock ticks since boot.
///
/// Linux counts `guest` within `user` and `guestNice` within `nice` as well, so they are left out of the sum.
/// The last three are nil on kernels that do not write them.
package struct ProcessorTimes: Hashable, Sendable {
    package let user: UInt64
    package let nice: UInt64
    package let system: UInt64
    package let idle: UInt64
    package let ioWait: UInt64
    package let interrupt: UInt64
    package let softInterrupt: UInt64
    package let steal: UInt64?
    package let guest: UInt64?
    package let guestNice: UInt64?

    /// Reads the numbers behind the name of a processor; nil below the seven that Linux 2.6.0 already wrote.
    init?(_ line: inout ByteScanner) {
        var ticks: [UInt64] = []
        ticks.reserveCapacity(10)
        while ticks.count < 10, !line.isAtEnd {
            guard let value = line.unsigned() else { return nil }
            ticks.append(value)
        }
        guard ticks.count >= 7 else { return nil }
        (user, nice, system, idle) = (ticks[0], ticks[1], ticks[2], ticks[3])
        (ioWait, interrupt, softInterrupt) = (ticks[4], ticks[5], ticks[6])
        steal = ticks.count > 7 ? ticks[7] : nil
        guest = ticks.count > 8 ? ticks[8] : nil
        guestNice = ticks.count > 9 ? ticks[9] : nil
    }

    /// The time in all modes, guests counted once.
    package var sum: UInt64 {
        user &+ nice &+ system &+ idle &+ ioWait &+ interrupt &+ softInterrupt &+ (steal ?? 0)
    }
}

extension Processors {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> Processors {
        let path = tree.roots.procfs + "/stat"
        var scanner = try tree.lines(path)
        var total: ProcessorTimes?
        var each: [Processor] = []
        var scalars: [String: UInt64] = [:]
        while var line = scanner.line() {
            guard let key = line.word()?.text() else { continue }
            if key.hasPrefix("cpu") {
                guard let times = ProcessorTimes(&line) else { throw tree.malformed(path, "times of \(key)") }
                if let number = Int(key.dropFirst(3)) {
                    each.append(Processor(number: number, times: times))
                } else {
                    total = times
                }
            } else if Self.scalarKeys.contains(key) {
                scalars[key] = line.unsigned()
            }
        }
        guard let total else { throw tree.malformed(path, "the line cpu") }
        return Processors(
            total: total, each: each, contextSwitches: scalars["ctxt"], interrupts: scalars["intr"],
            forks: scalars["processes"], running: scalars["procs_running"], blocked: scalars["procs_blocked"],
            ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)))
    }

    private static let scalarKeys: Set<String> = ["ctxt", "intr", "processes", "procs_running", "procs_blocked"]
}
