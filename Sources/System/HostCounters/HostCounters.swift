import Glibc

/// Reads the counters that the Linux kernel keeps of its host.
///
/// A value with a buffer of its own: one thread uses it at a time. Reading blocks, usually for less than a millisecond and for
/// as long as the slowest sensor's bus on machines that have such; it belongs on a thread that may wait.
package struct HostCounters: Sendable {
    private var tree: HostTree

    package init(roots: HostRoots = HostRoots()) {
        tree = HostTree(roots: roots)
    }

    /// Reads the given sources; what fails is named in the snapshot's `problems` and leaves its value nil.
    package mutating func read(
        _ sources: Set<HostSource> = Set(HostSource.allCases), at taken: Duration = Self.sinceBoot()
    ) -> HostSnapshot {
        var snapshot = HostSnapshot(taken: taken)
        for source in HostSource.allCases where sources.contains(source) {
            read(source, into: &snapshot)
        }
        snapshot.problems = tree.takeProblems()
        return snapshot
    }

    /// The time since the machine booted (`CLOCK_BOOTTIME`).
    package static func sinceBoot() -> Duration {
        var time = timespec()
        let result = clock_gettime(CLOCK_BOOTTIME, &time)
        precondition(result == 0, "Linux has had CLOCK_BOOTTIME since 2.6.39")
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    private mutating func read(_ source: HostSource, into snapshot: inout HostSnapshot) {
        switch source {
        case .processors: snapshot.processors = tree.read(source, Processors.read)
        case .loadAverage: snapshot.loadAverage = tree.read(source, LoadAverage.read)
        case .memory: snapshot.memory = tree.read(source, Memory.read)
        case .hugePages: snapshot.hugePages = tree.read(source, HugePagePool.read)
        case .virtualMemory: snapshot.virtualMemory = tree.read(source, VirtualMemory.read)
        case .numaNodes: snapshot.numaNodes = tree.read(source, NumaNode.read)
        case .pressure: snapshot.pressure = tree.read(source, Pressure.read)
        case .disks: snapshot.disks = tree.read(source, Disk.read)
        case .filesystems: snapshot.filesystems = tree.read(source, Filesystem.read)
        case .networkInterfaces: snapshot.networkInterfaces = tree.read(source, NetworkInterface.read)
        case .internetProtocol: snapshot.internetProtocol = tree.read(source, InternetProtocol.read)
        case .sensors: snapshot.sensors = tree.read(source, Sensor.read)
        case .thermalZones: snapshot.thermalZones = tree.read(source, ThermalZone.read)
        case .powerZones: snapshot.powerZones = tree.read(source, PowerZone.read)
        case .memoryControllers: snapshot.memoryControllers = tree.read(source, MemoryController.read)
        case .frequencies: snapshot.frequencies = tree.read(source, FrequencyPolicy.read)
        case .scheduling: snapshot.scheduling = tree.read(source, Scheduling.read)
        case .boot: snapshot.boot = tree.read(source, Boot.read)
        }
    }
}
