/// How long tasks ran and waited for a processor, in nanoseconds since boot (`/proc/schedstat`).
package struct Scheduling: Hashable, Sendable {
    package let running: UInt64
    package let waiting: UInt64
}

extension Scheduling {
    /// The sums over all processors.
    ///
    /// `Documentation/scheduler/sched-stats.rst`: of the nine numbers of a processor the last three are these and
    /// the count of time slices, in versions 14 to 17 of the file alike.
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> Scheduling {
        let path = tree.roots.procfs + "/schedstat"
        var scanner = try tree.lines(path)
        guard var heading = scanner.line(), heading.skip("version "), let version = heading.unsigned(),
            (14...17).contains(version)
        else { throw tree.malformed(path, "a version from 14 to 17") }
        var (running, waiting): (UInt64, UInt64) = (0, 0)
        var processors = 0
        while var line = scanner.line() {
            guard line.skip("cpu") else { continue }
            guard let numbers = numbers(&line) else { throw tree.malformed(path, "nine numbers of a processor") }
            running &+= numbers[7]
            waiting &+= numbers[8]
            processors += 1
        }
        guard processors > 0 else { throw tree.malformed(path, "a processor") }
        return Scheduling(running: running, waiting: waiting)
    }

    /// The processor's own number and its nine counters.
    private static func numbers(_ line: inout ByteScanner) -> [UInt64]? {
        var numbers: [UInt64] = []
        numbers.reserveCapacity(10)
        while numbers.count < 10 {
            guard let value = line.unsigned() else { return nil }
            numbers.append(value)
        }
        return numbers
    }
}
