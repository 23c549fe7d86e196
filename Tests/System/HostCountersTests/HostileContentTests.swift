import Foundation
import Testing

@testable import HostCounters

/// A broken file costs its own source at most: never the process, never another source.
@Suite struct HostileContentTests {
    enum Damage: String, CaseIterable {
        case empty, truncated, binary, numbersTooLarge, negative, longLine, absent
    }

    @Test("one damaged file leaves all other sources as they were", arguments: Damage.allCases)
    func oneDamagedFile(_ damage: Damage) throws {
        let tree = CounterTree.twoSocketServer
        let healthy = tree.snapshot()
        try withTemporaryDirectory { directory in
            let copy = directory + "/tree"
            try FileManager.default.copyItem(atPath: tree.path, toPath: copy)
            var counters = HostCounters(roots: HostRoots(procfs: copy + "/proc", sysfs: copy + "/sys"))
            for file in try files(in: copy) where !isSecondOfItsKind(file) {
                let path = copy + "/" + file
                let original = try Data(contentsOf: URL(fileURLWithPath: path))
                try apply(damage, to: path, original)
                let snapshot = counters.read(at: .seconds(1))
                // The sizes of file systems are this machine's own and change on their own.
                let changed = HostSource.allCases.filter {
                    $0 != .filesystems && snapshot.value(of: $0) != healthy.value(of: $0)
                }
                #expect(changed.count <= 1, "\(damage) \(file) changed \(changed)")
                let named = Set(snapshot.problems.map(\.source)).subtracting([.filesystems])
                #expect(named.count <= 1, "\(damage) \(file) named \(named)")
                try original.write(to: URL(fileURLWithPath: path))
            }
        }
    }

    @Test(
        "a broken table gives an error and no value",
        arguments: [
            (HostSource.processors, "stat", "cpu  1 2 3\n"), (.processors, "stat", "cpu  1 2 3 4 5 6 7 8\ncpu0 1 2"),
            (.processors, "stat", "intr 5\n"), (.loadAverage, "loadavg", "0.1 x 0.3 1/2 3\n"),
            (.memory, "meminfo", "MemTotal: 5 kB\n"), (.memory, "meminfo", "MemTotal: 5 MB\nMemFree: 1 kB\n"),
            (.memory, "meminfo", "MemTotal: 99999999999999999 kB\nMemFree: 1 kB\n"),
            (.memory, "meminfo", "MemTotal: 5 kB\nMemFree: -1 kB\n"), (.virtualMemory, "vmstat", "pgpgin 1.5\n"),
            (.disks, "diskstats", "8 0 sda 1 2 3\n"), (.disks, "diskstats", "8 0 sda 1 2 3 4 5 6 7 8 9 10 x\n"),
            (.networkInterfaces, "net/dev", "a\nb\neth0: 1 2 3\n"), (.networkInterfaces, "net/dev", "a\n"),
            (.networkInterfaces, "net/dev", "a\nb\n../x: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"),
            (.internetProtocol, "net/snmp", "Ip: InReceives OutRequests\nTcp: 1 2\n"),
            (.scheduling, "schedstat", "version 99\ncpu0 1 2 3 4 5 6 7 8 9\n"),
            (.scheduling, "schedstat", "version 15\n"), (.boot, "uptime", "-5 1\n"),
            (.filesystems, "self/mounts", "/dev/sda\n"),
        ])
    func brokenTable(_ source: HostSource, file: String, contents: String) throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/" + file
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(contents.utf8).write(to: URL(fileURLWithPath: path))
            var counters = HostCounters(roots: HostRoots(procfs: directory, sysfs: directory))
            let snapshot = counters.read([source])
            #expect(snapshot.problems.map(\.path) == [path])
            #expect(snapshot == HostSnapshot(taken: snapshot.taken, problems: snapshot.problems))
        }
    }

    @Test("a file above the size limit is refused")
    func hugeFile() throws {
        try withTemporaryDirectory { directory in
            let digits = Data(repeating: UInt8(ascii: "7"), count: HostTree.fileSizeLimit + 1)
            try digits.write(to: URL(fileURLWithPath: directory + "/loadavg"))
            var counters = HostCounters(roots: HostRoots(procfs: directory, sysfs: directory))
            let snapshot = counters.read([.loadAverage])
            #expect(snapshot.problems.map(\.code) == [.tooLarge(limit: HostTree.fileSizeLimit)])
        }
    }

    @Test("a pipe in the place of a file does not block")
    func pipe() throws {
        try withTemporaryDirectory { directory in
            #expect(mkfifo(directory + "/loadavg", 0o600) == 0)
            var counters = HostCounters(roots: HostRoots(procfs: directory, sysfs: directory))
            let snapshot = counters.read([.loadAverage])
            #expect(snapshot.problems.map(\.code) == [.malformed("empty file")])
        }
    }

    private func files(in directory: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory).filter { path in
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: directory + "/" + path, isDirectory: &isDirectory)
            return exists && !isDirectory.boolValue
        }
    }

    /// Whether another device of the tree has the same files; damaging one of them is enough.
    private func isSecondOfItsKind(_ file: String) -> Bool {
        [
            "node1/", "mc1/", "dimm1/", "hwmon1/", "hwmon2/", "hwmon10/", "hwmon11/", "policy1/", "rapl:1", "1048576kB",
            "ens1f1/", "br-int/", "/dm-0/", "/sda/", "zone1/",
        ].contains { file.contains($0) }
    }

    private func apply(_ damage: Damage, to path: String, _ original: Data) throws {
        let contents: Data
        switch damage {
        case .empty: contents = Data()
        case .truncated: contents = original.prefix(original.count / 2)
        case .binary: contents = Data((0...255).map { UInt8($0) }) + Data("\n".utf8)
        case .numbersTooLarge:
            contents = Data(String(repeating: "99999999999999999999 ", count: 40).utf8) + Data("\n".utf8)
        case .negative: contents = Data("-9223372036854775808\n".utf8)
        case .longLine: contents = Data(repeating: UInt8(ascii: "x"), count: 200_000)
        case .absent:
            try FileManager.default.removeItem(atPath: path)
            return
        }
        try contents.write(to: URL(fileURLWithPath: path))
    }
}
