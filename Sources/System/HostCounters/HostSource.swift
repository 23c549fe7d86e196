/// One group of counters of a host, read together.
package enum HostSource: String, Hashable, Sendable, CaseIterable {
    case processors
    case loadAverage = "load_average"
    case memory
    case hugePages = "huge_pages"
    case virtualMemory = "virtual_memory"
    case numaNodes = "numa_nodes"
    case pressure
    case disks
    case filesystems
    case networkInterfaces = "network_interfaces"
    case internetProtocol = "internet_protocol"
    case sensors
    case thermalZones = "thermal_zones"
    case powerZones = "power_zones"
    case memoryControllers = "memory_controllers"
    case frequencies
    case scheduling
    case boot
}

/// Where the kernel's file systems are mounted; a container sees those of its host elsewhere, a test has its own.
package struct HostRoots: Hashable, Sendable {
    package let procfs: String
    package let sysfs: String
    /// Put in front of every mount point before it is asked for its size; empty for the file system as this process sees it.
    package let filesystemPrefix: String

    package init(procfs: String = "/proc", sysfs: String = "/sys", filesystemPrefix: String = "") {
        self.procfs = procfs
        self.sysfs = sysfs
        self.filesystemPrefix = filesystemPrefix
    }
}
