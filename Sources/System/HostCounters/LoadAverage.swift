/// The processes that run or wait, averaged over 1, 5 and 15 minutes (`/proc/loadavg`).
package struct LoadAverage: Hashable, Sendable {
    package let oneMinute: Double
    package let fiveMinutes: Double
    package let fifteenMinutes: Double
}

extension LoadAverage {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> LoadAverage {
        let path = tree.roots.procfs + "/loadavg"
        var line = try tree.lines(path)
        guard let one = line.decimal(), let five = line.decimal(), let fifteen = line.decimal() else {
            throw tree.malformed(path, "three averages")
        }
        return LoadAverage(oneMinute: one, fiveMinutes: five, fifteenMinutes: fifteen)
    }
}
