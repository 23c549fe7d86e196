import Foundation
import HostCounters
import Testing

/// The recorded trees of counter files; they stand beside the tests of HostCounters.
enum HostTrees {
    static func roots(_ name: String) -> HostRoots {
        HostRoots(
            procfs: "\(folder)/\(name)/proc", sysfs: "\(folder)/\(name)/sys",
            filesystemPrefix: "/nephoscope-no-such-root")
    }

    /// A copy of a tree with some of its files replaced, given to a body and removed afterwards.
    static func withChanged<Result>(
        _ name: String, _ files: [String: String], _ body: (HostRoots) throws -> Result
    ) throws -> Result {
        let path = NSTemporaryDirectory() + "/nephoscope-host-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: path)
        defer {
            #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) }
        }
        for (file, contents) in files {
            try Data(contents.utf8).write(to: URL(fileURLWithPath: path + "/" + file))
        }
        return try body(
            HostRoots(procfs: path + "/proc", sysfs: path + "/sys", filesystemPrefix: "/nephoscope-no-such-root"))
    }

    static func snapshot(_ roots: HostRoots, at seconds: Int) -> HostSnapshot {
        var counters = HostCounters(roots: roots)
        return counters.read(at: .seconds(seconds))
    }

    /// What changed on the server within ten seconds: 1,000 ticks of work, and energy.
    static let tenSecondsLater = [
        "proc/stat": """
        cpu  481060 2000 120006 3602000 5200 0 1360 408 16000 40
        cpu0 1 2 3 4 5 6 7 8 9 10
        intr 5000100
        ctxt 91235000
        processes 424250
        procs_running 2
        procs_blocked 0

        """,
        "sys/class/powercap/intel-rapl:0/energy_uj": "671150\n",
        "sys/class/powercap/intel-rapl:0:0/energy_uj": "55000000\n",
        "sys/class/powercap/intel-rapl:1/energy_uj": "2500000000\n",
        "sys/class/powercap/intel-rapl:1:0/energy_uj": "6000000\n",
    ]

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("System/HostCountersTests/Trees").path
}
