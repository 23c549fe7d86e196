package import HostCounters
package import Telemetry

/// What a meter of a host is.
///
/// `docs/meters.md` is generated from these.
package struct HostMeterDefinition: Hashable, Sendable {
    package let kind: MeterKind
    package let unit: String
    /// The type of the resource it is measured on; memory errors and huge pages have two.
    package let resourceTypes: [HostResourceType]
    /// What must be read for it.
    package let sources: [HostSource]
    package let description: String
    /// Whether it is a difference of two polls, so that the first one gives no reading.
    package let needsPrevious: Bool

    fileprivate static func gauge(
        _ unit: String, _ description: String, of types: HostResourceType..., from sources: HostSource...,
        needsPrevious: Bool = false
    ) -> Self {
        Self(
            kind: .gauge, unit: unit, resourceTypes: types, sources: sources, description: description,
            needsPrevious: needsPrevious)
    }

    fileprivate static func cumulative(
        _ unit: String, _ description: String, of types: HostResourceType..., from sources: HostSource...
    ) -> Self {
        Self(
            kind: .cumulative, unit: unit, resourceTypes: types, sources: sources, description: description,
            needsPrevious: false)
    }

    fileprivate static func delta(
        _ unit: String, _ description: String, of types: HostResourceType..., from sources: HostSource...
    ) -> Self {
        Self(
            kind: .delta, unit: unit, resourceTypes: types, sources: sources, description: description,
            needsPrevious: true)
    }
}

extension HostMeter {
    package var name: MeterName { MeterName(rawValue) }

    /// What the meter is.
    ///
    /// Ceilometer declared ticks and disk counters as gauges though they only rise; here they are cumulative, so that rates
    /// of them survive a restart of the host. Units are those of old, KB being 1,024 bytes.
    package var definition: HostMeterDefinition {
        processorDefinition ?? systemDefinition ?? memoryDefinition ?? pageDefinition ?? pressureDefinition
            ?? diskDefinition ?? networkDefinition ?? hardwareDefinition
    }

    private var processorDefinition: HostMeterDefinition? {
        switch self {
        case .load1: .gauge("process", "Processes running or waiting, over 1 minute", of: .host, from: .loadAverage)
        case .load5: .gauge("process", "Processes running or waiting, over 5 minutes", of: .host, from: .loadAverage)
        case .load15: .gauge("process", "Processes running or waiting, over 15 minutes", of: .host, from: .loadAverage)
        case .cpuUtil:
            .gauge(
                "%", "Share of time since the last poll in which the processors were neither idle nor waiting for I/O",
                of: .host, from: .processors, .boot, needsPrevious: true)
        case .cpuUser: .cumulative("tick", "Time in user mode, guests included", of: .host, from: .processors)
        case .cpuNice: .cumulative("tick", "Time in user mode at low priority", of: .host, from: .processors)
        case .cpuSystem: .cumulative("tick", "Time in the kernel on behalf of processes", of: .host, from: .processors)
        case .cpuIdle: .cumulative("tick", "Time idle", of: .host, from: .processors)
        case .cpuWait: .cumulative("tick", "Time idle while I/O was under way", of: .host, from: .processors)
        case .cpuKernel:
            .cumulative("tick", "Time in the kernel, interrupts of both kinds included", of: .host, from: .processors)
        case .cpuInterrupt: .cumulative("tick", "Time in hardware interrupts", of: .host, from: .processors)
        case .cpuSoftInterrupt: .cumulative("tick", "Time in soft interrupts", of: .host, from: .processors)
        case .cpuSteal:
            .cumulative("tick", "Time that the hypervisor below this host gave to others", of: .host, from: .processors)
        case .cpuGuest: .cumulative("tick", "Time in guests; part of user", of: .host, from: .processors)
        case .cpuGuestNice:
            .cumulative("tick", "Time in guests at low priority; part of nice", of: .host, from: .processors)
        case .cpuOnline: .gauge("processor", "Processors online", of: .host, from: .processors)
        case .cpuRunTime: .cumulative("ns", "Time that tasks ran, over all processors", of: .host, from: .scheduling)
        case .cpuWaitTime:
            .cumulative("ns", "Time that runnable tasks waited for a processor", of: .host, from: .scheduling)
        case .cpuFrequency: .gauge("Hz", "Mean clock of the online processors", of: .host, from: .frequencies)
        case .cpuFrequencyLowest: .gauge("Hz", "Clock of the slowest processor now", of: .host, from: .frequencies)
        case .cpuFrequencyHighest: .gauge("Hz", "Clock of the fastest processor now", of: .host, from: .frequencies)
        default: nil
        }
    }

    private var systemDefinition: HostMeterDefinition? {
        switch self {
        case .systemCPUIdle:
            .gauge(
                "%", "Share of time since the last poll in which the processors were idle",
                of: .host, from: .processors, .boot, needsPrevious: true)
        case .blocksOut:
            .cumulative("blocks", "Blocks of 512 bytes written to block devices", of: .host, from: .virtualMemory)
        case .blocksIn:
            .cumulative("blocks", "Blocks of 512 bytes read from block devices", of: .host, from: .virtualMemory)
        case .contextSwitches: .cumulative("switch", "Switches between tasks", of: .host, from: .processors)
        case .interrupts: .cumulative("interrupt", "Interrupts served", of: .host, from: .processors)
        case .processesStarted: .cumulative("process", "Processes and threads started", of: .host, from: .processors)
        case .processesRunning: .gauge("process", "Runnable processes now", of: .host, from: .processors)
        case .processesBlocked: .gauge("process", "Processes waiting for I/O now", of: .host, from: .processors)
        case .uptime: .gauge("s", "Time since the host booted", of: .host, from: .boot)
        case .datagramsOut:
            .cumulative("datagrams", "IPv4 datagrams sent by this host", of: .host, from: .internetProtocol)
        case .datagramsIn:
            .cumulative("datagrams", "IPv4 datagrams received, forwarded ones too", of: .host, from: .internetProtocol)
        default: nil
        }
    }

    private var memoryDefinition: HostMeterDefinition? {
        switch self {
        case .memoryTotal: .gauge("KB", "Physical memory that the kernel can use", of: .host, from: .memory)
        case .memoryUsed: .gauge("KB", "Memory that is not free, caches included", of: .host, from: .memory)
        case .memoryAvailable:
            .gauge("KB", "Memory that new work can have without swapping (kernel's estimate)", of: .host, from: .memory)
        case .memoryBuffer: .gauge("KB", "Buffers of block devices", of: .host, from: .memory)
        case .memoryCached: .gauge("KB", "Page cache", of: .host, from: .memory)
        case .memoryDirty: .gauge("KB", "Memory that waits to be written to disk", of: .host, from: .memory)
        case .memoryCommitted: .gauge("KB", "Memory promised to processes", of: .host, from: .memory)
        case .memoryTransparentHugePages: .gauge("KB", "Anonymous memory in huge pages", of: .host, from: .memory)
        case .memoryCorrupted: .gauge("KB", "Memory withdrawn after hardware errors", of: .host, from: .memory)
        case .swapTotal: .gauge("KB", "Swap space", of: .host, from: .memory)
        case .swapAvailable: .gauge("KB", "Free swap space", of: .host, from: .memory)
        case .swapIn: .cumulative("page", "Pages read from swap", of: .host, from: .virtualMemory)
        case .swapOut: .cumulative("page", "Pages written to swap", of: .host, from: .virtualMemory)
        case .pageFaults: .cumulative("fault", "Page faults", of: .host, from: .virtualMemory)
        case .majorPageFaults: .cumulative("fault", "Page faults that needed a disk", of: .host, from: .virtualMemory)
        case .outOfMemoryKills:
            .cumulative("process", "Processes killed for want of memory", of: .host, from: .virtualMemory)
        default: nil
        }
    }

    private var pageDefinition: HostMeterDefinition? {
        switch self {
        case .hugePagesTotal:
            .gauge("page", "Huge pages in the pool", of: .hugePagePool, from: .hugePages, .numaNodes)
        case .hugePagesFree:
            .gauge("page", "Huge pages that nobody uses", of: .hugePagePool, from: .hugePages, .numaNodes)
        case .hugePagesReserved:
            .gauge("page", "Free huge pages that are promised; of the host only", of: .hugePagePool, from: .hugePages)
        case .hugePagesSurplus:
            .gauge("page", "Huge pages above the configured number", of: .hugePagePool, from: .hugePages, .numaNodes)
        case .numaTotal: .gauge("KB", "Memory of the node", of: .numaNode, from: .numaNodes)
        case .numaUsed: .gauge("KB", "Memory of the node that is not free", of: .numaNode, from: .numaNodes)
        case .numaFree: .gauge("KB", "Free memory of the node", of: .numaNode, from: .numaNodes)
        case .numaHit: .cumulative("page", "Allocated on this node as wished", of: .numaNode, from: .numaNodes)
        case .numaMiss:
            .cumulative("page", "Allocated here though another node was wished", of: .numaNode, from: .numaNodes)
        case .numaForeign: .cumulative("page", "Wished here and allocated elsewhere", of: .numaNode, from: .numaNodes)
        case .numaLocal: .cumulative("page", "Allocated by a processor of this node", of: .numaNode, from: .numaNodes)
        case .numaOther:
            .cumulative("page", "Allocated here by a processor of another node", of: .numaNode, from: .numaNodes)
        case .memoryErrorsCorrected:
            .cumulative(
                "error", "Memory errors that the hardware corrected (EDAC)",
                of: .memoryController, .memoryModule, from: .memoryControllers)
        case .memoryErrorsUncorrected:
            .cumulative(
                "error", "Memory errors that could not be corrected (EDAC)",
                of: .memoryController, .memoryModule, from: .memoryControllers)
        default: nil
        }
    }

    private var pressureDefinition: HostMeterDefinition? {
        switch self {
        case .pressureCPU:
            .gauge(
                "%", "Share of time in which a task waited for a processor, over 1 minute",
                of: .host, from: .pressure)
        case .pressureIO:
            .gauge("%", "Share of time in which a task waited for I/O, over 1 minute", of: .host, from: .pressure)
        case .pressureIOFull:
            .gauge("%", "Share of time in which all tasks waited for I/O, over 1 minute", of: .host, from: .pressure)
        case .pressureMemory:
            .gauge("%", "Share of time in which a task waited for memory, over 1 minute", of: .host, from: .pressure)
        case .pressureMemoryFull:
            .gauge("%", "Share of time in which all tasks waited for memory, over 1 minute", of: .host, from: .pressure)
        case .pressureCPUTime:
            .cumulative("us", "Time in which a task waited for a processor", of: .host, from: .pressure)
        case .pressureIOTime: .cumulative("us", "Time in which a task waited for I/O", of: .host, from: .pressure)
        case .pressureIOFullTime:
            .cumulative("us", "Time in which all tasks waited for I/O", of: .host, from: .pressure)
        case .pressureMemoryTime:
            .cumulative("us", "Time in which a task waited for memory", of: .host, from: .pressure)
        case .pressureMemoryFullTime:
            .cumulative("us", "Time in which all tasks waited for memory", of: .host, from: .pressure)
        default: nil
        }
    }

    private var diskDefinition: HostMeterDefinition? {
        switch self {
        case .diskSizeTotal: .gauge("KB", "Size of the file system on the device", of: .disk, from: .filesystems)
        case .diskSizeUsed: .gauge("KB", "Used space of the file system", of: .disk, from: .filesystems)
        case .diskInodesTotal: .gauge("inode", "Inodes of the file system", of: .disk, from: .filesystems)
        case .diskInodesUsed: .gauge("inode", "Used inodes of the file system", of: .disk, from: .filesystems)
        case .diskCapacity: .gauge("B", "Size of the device", of: .disk, from: .disks)
        case .diskReadBytes: .cumulative("B", "Bytes read", of: .disk, from: .disks)
        case .diskWriteBytes: .cumulative("B", "Bytes written", of: .disk, from: .disks)
        case .diskReadRequests: .cumulative("request", "Reads completed", of: .disk, from: .disks)
        case .diskWriteRequests: .cumulative("request", "Writes completed", of: .disk, from: .disks)
        case .diskReadTime: .cumulative("ms", "Time of all reads together", of: .disk, from: .disks)
        case .diskWriteTime: .cumulative("ms", "Time of all writes together", of: .disk, from: .disks)
        case .diskBusyTime: .cumulative("ms", "Time with a request under way", of: .disk, from: .disks)
        case .diskQueueTime: .cumulative("ms", "Time of all requests, waiting and served", of: .disk, from: .disks)
        case .diskRequestsActive: .gauge("request", "Requests under way now", of: .disk, from: .disks)
        default: nil
        }
    }

    private var networkDefinition: HostMeterDefinition? {
        switch self {
        case .networkInBytes: .cumulative("B", "Bytes received", of: .networkInterface, from: .networkInterfaces)
        case .networkOutBytes: .cumulative("B", "Bytes sent", of: .networkInterface, from: .networkInterfaces)
        case .networkInPackets:
            .cumulative("packet", "Packets received", of: .networkInterface, from: .networkInterfaces)
        case .networkOutPackets: .cumulative("packet", "Packets sent", of: .networkInterface, from: .networkInterfaces)
        case .networkInErrors:
            .cumulative("packet", "Packets received broken", of: .networkInterface, from: .networkInterfaces)
        case .networkOutErrors:
            .cumulative("packet", "Packets that could not be sent", of: .networkInterface, from: .networkInterfaces)
        case .networkInDrop:
            .cumulative("packet", "Received packets dropped", of: .networkInterface, from: .networkInterfaces)
        case .networkOutDrop:
            .cumulative("packet", "Packets dropped before sending", of: .networkInterface, from: .networkInterfaces)
        case .networkSpeed:
            .gauge("bit/s", "Speed of the link; none while it is down", of: .networkInterface, from: .networkInterfaces)
        case .networkUp:
            .gauge(
                "state", "1 where the link is up, 0 where it is down; none for devices that do not know",
                of: .networkInterface, from: .networkInterfaces)
        default: nil
        }
    }

    private var hardwareDefinition: HostMeterDefinition {
        switch self {
        case .temperature: .gauge("C", "Temperature", of: .sensor, from: .sensors, .thermalZones)
        case .fan: .gauge("RPM", "Speed of a fan", of: .sensor, from: .sensors)
        case .voltage: .gauge("V", "Voltage", of: .sensor, from: .sensors)
        case .current: .gauge("A", "Current", of: .sensor, from: .sensors)
        case .sensorPower: .gauge("W", "Power that a sensor measures", of: .sensor, from: .sensors)
        case .energy:
            .delta(
                "J", "Energy since the last poll (RAPL); a delta, because the counter wraps within minutes",
                of: .powerZone, from: .powerZones, .boot)
        case .power:
            .gauge(
                "W", "Mean power since the last poll (RAPL)",
                of: .powerZone, from: .powerZones, .boot, needsPrevious: true)
        default: preconditionFailure("HostMeterTests asks every meter for its definition")
        }
    }
}
