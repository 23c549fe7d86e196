package import Libvirt
package import Telemetry

/// What a meter of a server is.
///
/// The table of `docs/meters.md` is written from these.
package struct ServerMeterDefinition: Hashable, Sendable {
    package let kind: MeterKind
    package let unit: String
    package let resourceType: ServerResourceType
    /// What libvirt must be asked for it; empty where the server's metadata has it.
    package let groups: StatisticsGroups
    package let isCeilometers: Bool
    package let description: String

    fileprivate init(
        _ kind: MeterKind, _ unit: String, _ groups: StatisticsGroups, _ description: String,
        of type: ServerResourceType = .instance, ours: Bool = false
    ) {
        self.kind = kind
        self.unit = unit
        self.resourceType = type
        self.groups = groups
        self.isCeilometers = !ours
        self.description = description
    }
}

extension ServerMeter {
    package var name: MeterName { MeterName(rawValue) }

    package var meter: BatchMeter { BatchMeter(name: name, kind: definition.kind, unit: definition.unit) }

    package var definition: ServerMeterDefinition {
        processorDefinition ?? memoryDefinition ?? vcpuDefinition ?? diskDefinition ?? networkDefinition
    }

    private var processorDefinition: ServerMeterDefinition? {
        switch self {
        case .powerState:
            .init(.gauge, "", .state, "libvirt's state: 1 running, 3 paused, 4 shutting down, 6 crashed …")
        case .cpu:
            .init(
                .cumulative, "ns", [.cpu, .vcpu],
                "Σ run and wait time of the vCPUs, as Ceilometer has it; `cpu.time` where a vCPU reports no wait")
        case .cpuTime:
            .init(.cumulative, "ns", .cpu, "Processor time of the whole domain, the emulator's threads too", ours: true)
        case .cpuUser: .init(.cumulative, "ns", .cpu, "The part of `cpu.time` in user mode", ours: true)
        case .cpuSystem: .init(.cumulative, "ns", .cpu, "The part of `cpu.time` in the host's kernel", ours: true)
        case .cpuWait: .init(.cumulative, "ns", .vcpu, "Σ time that vCPUs waited for I/O", ours: true)
        case .cpuSteal:
            .init(.cumulative, "ns", .vcpu, "Σ time that vCPUs were ready and the host ran something else", ours: true)
        case .vcpus: .init(.gauge, "vcpu", .vcpu, "vCPUs online")
        case .vcpusMaximum: .init(.gauge, "vcpu", .vcpu, "vCPUs that can be plugged in", ours: true)
        case .rootDiskSize: .init(.gauge, "GiB", [], "Flavor's disk without its ephemeral part")
        case .ephemeralDiskSize: .init(.gauge, "GiB", [], "Flavor's ephemeral disk")
        case .perfCycles: .init(.gauge, "", .perf, "Processor cycles, where Nova switched the counter on")
        case .perfInstructions: .init(.gauge, "", .perf, "Instructions, where Nova switched the counter on")
        case .perfCacheReferences: .init(.gauge, "", .perf, "Cache references, where Nova switched the counter on")
        case .perfCacheMisses: .init(.gauge, "", .perf, "Cache misses, where Nova switched the counter on")
        default: nil
        }
    }

    private var memoryDefinition: ServerMeterDefinition? {
        switch self {
        case .memory: .init(.gauge, "MiB", .balloon, "Memory that the guest has now (balloon)")
        case .memoryMaximum: .init(.gauge, "MiB", .balloon, "Memory that the guest can have", ours: true)
        case .memoryAvailable: .init(.gauge, "MiB", .balloon, "Memory that the guest's kernel manages")
        case .memoryUsage:
            .init(.gauge, "MiB", .balloon, "Available less usable memory; less unused where usable is not told")
        case .memoryUnused: .init(.gauge, "MiB", .balloon, "Memory that nothing in the guest uses", ours: true)
        case .memoryUsable:
            .init(.gauge, "MiB", .balloon, "Memory that new work in the guest could have without swapping", ours: true)
        case .memoryResident: .init(.gauge, "MiB", .balloon, "The host's memory that the domain's process holds")
        case .memoryDiskCaches: .init(.gauge, "MiB", .balloon, "The guest's caches of disks", ours: true)
        case .memorySwapIn: .init(.cumulative, "MiB", .balloon, "Memory that the guest read back from its swap")
        case .memorySwapOut: .init(.cumulative, "MiB", .balloon, "Memory that the guest wrote to its swap")
        case .memoryMajorFaults:
            .init(.cumulative, "fault", .balloon, "The guest's page faults that needed a disk", ours: true)
        case .memoryMinorFaults: .init(.cumulative, "fault", .balloon, "The guest's other page faults", ours: true)
        case .memoryHugePageAllocations:
            .init(.cumulative, "allocation", .balloon, "Huge pages that the guest allocated", ours: true)
        case .memoryHugePageFailures:
            .init(.cumulative, "allocation", .balloon, "Huge pages that the guest could not allocate", ours: true)
        case .memoryStatisticsAge:
            .init(
                .gauge, "s", .balloon, "How long ago the guest reported its memory; none where it never did", ours: true
            )
        default: nil
        }
    }

    private var vcpuDefinition: ServerMeterDefinition? {
        switch self {
        case .vcpuState: .init(.gauge, "", .vcpu, "0 offline, 1 running, 2 blocked", of: .vcpu, ours: true)
        case .vcpuTime: .init(.cumulative, "ns", .vcpu, "Time that the vCPU ran", of: .vcpu, ours: true)
        case .vcpuWait: .init(.cumulative, "ns", .vcpu, "Time that the vCPU waited for I/O", of: .vcpu, ours: true)
        case .vcpuDelay:
            .init(
                .cumulative, "ns", .vcpu,
                "Time that the vCPU was ready and the host ran something else: the guest's steal",
                of: .vcpu, ours: true)
        case .vcpuHalted: .init(.gauge, "", .vcpu, "1 where the guest halted the vCPU", of: .vcpu, ours: true)
        default: nil
        }
    }

    private var diskDefinition: ServerMeterDefinition? {
        switch self {
        case .diskReadRequests: .init(.cumulative, "request", .block, "Reads", of: .disk)
        case .diskReadBytes: .init(.cumulative, "B", .block, "Bytes read", of: .disk)
        case .diskReadLatency: .init(.cumulative, "ns", .block, "Time of all reads together", of: .disk)
        case .diskWriteRequests: .init(.cumulative, "request", .block, "Writes", of: .disk)
        case .diskWriteBytes: .init(.cumulative, "B", .block, "Bytes written", of: .disk)
        case .diskWriteLatency: .init(.cumulative, "ns", .block, "Time of all writes together", of: .disk)
        case .diskFlushRequests: .init(.cumulative, "request", .block, "Flushes", of: .disk, ours: true)
        case .diskFlushLatency: .init(.cumulative, "ns", .block, "Time of all flushes together", of: .disk, ours: true)
        case .diskCapacity:
            .init(.gauge, "B", .block, "Size that the guest sees; that of the medium where it is larger", of: .disk)
        case .diskAllocation: .init(.gauge, "B", .block, "Highest byte that was written", of: .disk)
        case .diskUsage: .init(.gauge, "B", .block, "Size on the host", of: .disk)
        default: nil
        }
    }

    private var networkDefinition: ServerMeterDefinition {
        switch self {
        case .incomingBytes: .init(.cumulative, "B", .interface, "Bytes that came to the guest", of: .interface)
        case .incomingPackets:
            .init(.cumulative, "packet", .interface, "Packets that came to the guest", of: .interface)
        case .incomingDrops:
            .init(.cumulative, "packet", .interface, "Packets to the guest that were dropped", of: .interface)
        case .incomingErrors: .init(.cumulative, "packet", .interface, "Broken packets to the guest", of: .interface)
        case .incomingBytesDelta:
            .init(.delta, "B", .interface, "Bytes that came to the guest since the poll before", of: .interface)
        case .incomingBytesRate:
            .init(.gauge, "B/s", .interface, "Mean rate to the guest since the poll before", of: .interface)
        case .outgoingBytes: .init(.cumulative, "B", .interface, "Bytes that the guest sent", of: .interface)
        case .outgoingPackets: .init(.cumulative, "packet", .interface, "Packets that the guest sent", of: .interface)
        case .outgoingDrops:
            .init(.cumulative, "packet", .interface, "The guest's packets that were dropped", of: .interface)
        case .outgoingErrors: .init(.cumulative, "packet", .interface, "The guest's broken packets", of: .interface)
        case .outgoingBytesDelta:
            .init(.delta, "B", .interface, "Bytes that the guest sent since the poll before", of: .interface)
        case .outgoingBytesRate:
            .init(.gauge, "B/s", .interface, "Mean rate from the guest since the poll before", of: .interface)
        default: preconditionFailure("ServerMeterTests asks every meter for its definition")
        }
    }
}
