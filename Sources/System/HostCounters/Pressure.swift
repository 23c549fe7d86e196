/// How long work waited for a resource (`/proc/pressure`, `Documentation/accounting/psi.rst`).
package struct Pressure: Hashable, Sendable {
    package let cpu: ResourcePressure?
    package let io: ResourcePressure?
    package let memory: ResourcePressure?
}

/// The pressure on one resource.
package struct ResourcePressure: Hashable, Sendable {
    /// At least one task waited.
    package let some: Stall?
    /// Every task that could run waited; for the cpu the kernel writes zeros for the host as a whole.
    package let full: Stall?
}

/// Shares of time in percent, averaged, and the total in microseconds since boot.
package struct Stall: Hashable, Sendable {
    package let tenSeconds: Double
    package let oneMinute: Double
    package let fiveMinutes: Double
    package let total: UInt64
}

extension Pressure {
    /// The three resources; absent as a whole on kernels built or booted without pressure accounting.
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> Pressure {
        let directory = tree.roots.procfs + "/pressure"
        guard tree.exists(directory) else { throw tree.error(directory, .absent) }
        func resource(_ name: String) -> ResourcePressure? {
            // With `psi=0` on the kernel's command line the files exist and answer EOPNOTSUPP.
            tree.attempt { tree throws(HostCounterError) in
                try ResourcePressure.read(&tree, directory + "/" + name)
            }
        }
        return Pressure(cpu: resource("cpu"), io: resource("io"), memory: resource("memory"))
    }
}

extension ResourcePressure {
    fileprivate static func read(_ tree: inout HostTree, _ path: String) throws(HostCounterError) -> ResourcePressure {
        var scanner = try tree.lines(path)
        var some: Stall?
        var full: Stall?
        while var line = scanner.line() {
            let kind = line.word()?.text()
            guard let stall = Stall(&line) else { throw tree.malformed(path, "avg10, avg60, avg300 and total") }
            switch kind {
            case "some": some = stall
            case "full": full = stall
            default: throw tree.malformed(path, "some or full")
            }
        }
        return ResourcePressure(some: some, full: full)
    }
}

extension Stall {
    fileprivate init?(_ line: inout ByteScanner) {
        line.skipBlanks()
        guard line.skip("avg10="), let tenSeconds = line.decimal() else { return nil }
        line.skipBlanks()
        guard line.skip("avg60="), let oneMinute = line.decimal() else { return nil }
        line.skipBlanks()
        guard line.skip("avg300="), let fiveMinutes = line.decimal() else { return nil }
        line.skipBlanks()
        guard line.skip("total="), let total = line.unsigned() else { return nil }
        self.init(tenSeconds: tenSeconds, oneMinute: oneMinute, fiveMinutes: fiveMinutes, total: total)
    }
}
