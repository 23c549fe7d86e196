/// Every meter of a server, its disks, interfaces and vCPUs, by name.
///
/// Names, kinds and units are those of Ceilometer's compute pollsters where it has the meter; `definition` says what each is
/// and marks those that Ceilometer does not have.
package enum ServerMeter: String, Hashable, Sendable, CaseIterable {
    // The server.
    case powerState = "power.state"
    case cpu
    case cpuTime = "cpu.time"
    case cpuUser = "cpu.user"
    case cpuSystem = "cpu.system"
    case cpuWait = "cpu.wait"
    case cpuSteal = "cpu.steal"
    case vcpus
    case vcpusMaximum = "vcpus.maximum"
    case memory
    case memoryMaximum = "memory.maximum"
    case memoryAvailable = "memory.available"
    case memoryUsage = "memory.usage"
    case memoryUnused = "memory.unused"
    case memoryUsable = "memory.usable"
    case memoryResident = "memory.resident"
    case memoryDiskCaches = "memory.disk.caches"
    case memorySwapIn = "memory.swap.in"
    case memorySwapOut = "memory.swap.out"
    case memoryMajorFaults = "memory.faults.major"
    case memoryMinorFaults = "memory.faults.minor"
    case memoryHugePageAllocations = "memory.hugepages.allocations"
    case memoryHugePageFailures = "memory.hugepages.failures"
    case memoryStatisticsAge = "memory.statistics.age"
    case rootDiskSize = "disk.root.size"
    case ephemeralDiskSize = "disk.ephemeral.size"
    case perfCycles = "perf.cpu.cycles"
    case perfInstructions = "perf.instructions"
    case perfCacheReferences = "perf.cache.references"
    case perfCacheMisses = "perf.cache.misses"

    // Its vCPUs.
    case vcpuState = "vcpu.state"
    case vcpuTime = "vcpu.time"
    case vcpuWait = "vcpu.wait"
    case vcpuDelay = "vcpu.delay"
    case vcpuHalted = "vcpu.halted"

    // Its disks.
    case diskReadRequests = "disk.device.read.requests"
    case diskReadBytes = "disk.device.read.bytes"
    case diskReadLatency = "disk.device.read.latency"
    case diskWriteRequests = "disk.device.write.requests"
    case diskWriteBytes = "disk.device.write.bytes"
    case diskWriteLatency = "disk.device.write.latency"
    case diskFlushRequests = "disk.device.flush.requests"
    case diskFlushLatency = "disk.device.flush.latency"
    case diskCapacity = "disk.device.capacity"
    case diskAllocation = "disk.device.allocation"
    case diskUsage = "disk.device.usage"

    // Its network interfaces.
    case incomingBytes = "network.incoming.bytes"
    case incomingPackets = "network.incoming.packets"
    case incomingDrops = "network.incoming.packets.drop"
    case incomingErrors = "network.incoming.packets.error"
    case incomingBytesDelta = "network.incoming.bytes.delta"
    case incomingBytesRate = "network.incoming.bytes.rate"
    case outgoingBytes = "network.outgoing.bytes"
    case outgoingPackets = "network.outgoing.packets"
    case outgoingDrops = "network.outgoing.packets.drop"
    case outgoingErrors = "network.outgoing.packets.error"
    case outgoingBytesDelta = "network.outgoing.bytes.delta"
    case outgoingBytesRate = "network.outgoing.bytes.rate"
}

/// The resources that a server's meters belong to.
///
/// The first, third and fourth are Gnocchi's.
package enum ServerResourceType: String, Hashable, Sendable, CaseIterable {
    /// Id: the server's UUID.
    case instance
    /// Id: `<server>-vcpu<number>`.
    case vcpu = "instance_vcpu"
    /// Id: `<server>-<target device>`.
    case disk = "instance_disk"
    /// Id: the name of the network filter, else `<libvirt's name>-<server>-<device on the host>`.
    case interface = "instance_network_interface"
}
