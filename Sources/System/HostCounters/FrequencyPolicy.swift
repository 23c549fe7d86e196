/// The clock of processors that change it together (`/sys/devices/system/cpu/cpufreq/policy<n>`).
package struct FrequencyPolicy: Hashable, Sendable {
    package let number: Int
    /// How many online processors follow it.
    package let processors: Int
    /// In hertz.
    package let current: UInt64
}

extension FrequencyPolicy {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [FrequencyPolicy] {
        let directory = tree.roots.sysfs + "/devices/system/cpu/cpufreq"
        let entries = try tree.numbered("policy", in: directory)
        guard !entries.isEmpty else { throw tree.error(directory + "/policy0", .absent) }
        var policies: [FrequencyPolicy] = []
        for (name, number) in entries {
            let path = directory + "/" + name
            let policy = tree.attempt { tree throws(HostCounterError) in
                FrequencyPolicy(
                    number: number, processors: try processors(&tree, path + "/affected_cpus"),
                    current: try hertz(&tree, path + "/scaling_cur_freq"))
            }
            if let policy { policies.append(policy) }
        }
        return policies
    }

    /// sysfs writes kilohertz.
    private static func hertz(_ tree: inout HostTree, _ path: String) throws(HostCounterError) -> UInt64 {
        let (hertz, overflow) = try tree.unsigned(path).multipliedReportingOverflow(by: 1000)
        guard !overflow else { throw tree.malformed(path, "a frequency") }
        return hertz
    }

    private static func processors(_ tree: inout HostTree, _ path: String) throws(HostCounterError) -> Int {
        var scanner = try tree.contents(path)
        var count = 0
        while scanner.unsigned() != nil { count += 1 }
        return count
    }
}
