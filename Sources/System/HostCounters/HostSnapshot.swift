/// The counters of a host at one moment.
///
/// A source that was not asked for or gave no value is nil, never zero.
package struct HostSnapshot: Hashable, Sendable {
    /// The time since boot at the start of the reading, suspended time included; differences of it are free of clock steps.
    package let taken: Duration
    package internal(set) var processors: Processors?
    package internal(set) var loadAverage: LoadAverage?
    package internal(set) var memory: Memory?
    package internal(set) var hugePages: [HugePagePool]?
    package internal(set) var virtualMemory: VirtualMemory?
    package internal(set) var numaNodes: [NumaNode]?
    package internal(set) var pressure: Pressure?
    package internal(set) var disks: [Disk]?
    package internal(set) var filesystems: [Filesystem]?
    package internal(set) var networkInterfaces: [NetworkInterface]?
    package internal(set) var internetProtocol: InternetProtocol?
    package internal(set) var sensors: [Sensor]?
    package internal(set) var thermalZones: [ThermalZone]?
    package internal(set) var powerZones: [PowerZone]?
    package internal(set) var memoryControllers: [MemoryController]?
    package internal(set) var frequencies: [FrequencyPolicy]?
    package internal(set) var scheduling: Scheduling?
    package internal(set) var boot: Boot?
    /// What could not be read and why, in the order of the sources.
    package internal(set) var problems: [HostCounterError]

    init(taken: Duration, problems: [HostCounterError] = []) {
        self.taken = taken
        self.problems = problems
    }
}
