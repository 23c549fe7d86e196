import Foundation
import Testing

@testable import HostCounters

/// The table of mounts, and the sizes that the kernel gives for them.
@Suite struct FilesystemTests {
    @Test("local file systems are measured once per device, network and pseudo ones never")
    func measurement() throws {
        try withTemporaryDirectory { directory in
            let files = FileManager.default
            for path in ["", "/var/lib/nova"] {
                try files.createDirectory(atPath: directory + "/root" + path, withIntermediateDirectories: true)
            }
            let tree = CounterTree.twoSocketServer
            let roots = HostRoots(
                procfs: tree.path + "/proc", sysfs: tree.path + "/sys", filesystemPrefix: directory + "/root")
            var counters = HostCounters(roots: roots)
            let snapshot = counters.read([.filesystems])
            let filesystems = try #require(snapshot.filesystems)
            #expect(filesystems.map(\.device) == ["/dev/mapper/vg-root", "/dev/nvme0n1"])
            #expect(filesystems.map(\.mountPoint) == ["/", "/var/lib/nova"])
            let attributes = try files.attributesOfFileSystem(forPath: directory)
            #expect(filesystems[0].size == (attributes[.systemSize] as? NSNumber)?.uint64Value)
            #expect(filesystems[0].available <= filesystems[0].free)
            // The mount point with escaped blanks is gone: named with its real path, and the others are measured.
            #expect(snapshot.problems.map(\.path) == [directory + "/root/mnt/no such\tplace"])
        }
    }
}
