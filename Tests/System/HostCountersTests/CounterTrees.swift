import Foundation
import HostCounters
import Testing

/// The recorded trees beside the tests.
enum CounterTree: String, CaseIterable, CustomTestStringConvertible {
    case smallGuest = "small-guest"
    case twoSocketServer = "two-socket-server"

    var testDescription: String { rawValue }

    var path: String { Self.folder + "/" + rawValue }

    var roots: HostRoots { HostRoots(procfs: path + "/proc", sysfs: path + "/sys") }

    /// What the tree holds, with files below the mount points of `filesystemPrefix`.
    func snapshot(_ sources: Set<HostSource> = Set(HostSource.allCases)) -> HostSnapshot {
        var counters = HostCounters(roots: roots)
        return counters.read(sources, at: .seconds(1))
    }

    private static let folder = Bundle.module.resourcePath.map { $0 + "/Trees" } ?? "Trees"
}

/// Gives a body its own directory, removed afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = NSTemporaryDirectory() + "/nephoscope-host-counters-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer {
        #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) }
    }
    return try body(path)
}

extension HostSnapshot {
    /// The value of one source, for comparisons.
    func value(of source: HostSource) -> AnyHashable {
        switch source {
        case .processors: processors
        case .loadAverage: loadAverage
        case .memory: memory
        case .hugePages: hugePages
        case .virtualMemory: virtualMemory
        case .numaNodes: numaNodes
        case .pressure: pressure
        case .disks: disks
        case .filesystems: filesystems
        case .networkInterfaces: networkInterfaces
        case .internetProtocol: internetProtocol
        case .sensors: sensors
        case .thermalZones: thermalZones
        case .powerZones: powerZones
        case .memoryControllers: memoryControllers
        case .frequencies: frequencies
        case .scheduling: scheduling
        case .boot: boot
        }
    }
}
