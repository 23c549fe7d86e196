package import Libvirt
package import Telemetry

/// What one domain's statistics say in Ceilometer's meters.
///
/// A value that libvirt did not report gives no reading.
package struct ServerReadings {
    private let statistics: DomainStatistics
    private let identity: ServerIdentity
    private let host: HostName
    private let meters: Set<ServerMeter>
    private let at: Instant

    package init(
        _ statistics: DomainStatistics, of identity: ServerIdentity, on host: HostName, meters: Set<ServerMeter>,
        at: Instant
    ) {
        self.statistics = statistics
        self.identity = identity
        self.host = host
        self.meters = meters
        self.at = at
    }

    /// The server and its parts, those with readings only.
    package func resources(_ history: inout TrafficHistory) -> [PolledResource] {
        var resources = [server]
        resources += statistics.vcpus.map(vcpu)
        resources += statistics.blocks.compactMap(disk)
        for interface in statistics.interfaces {
            if let resource = self.interface(interface, &history) { resources.append(resource) }
        }
        return resources.filter { !$0.readings.isEmpty }
    }

    private var server: PolledResource {
        resource(.instance, id: statistics.domain.id.text, attributes: identity.attributes(on: host)) { readings in
            readings.add(.powerState, statistics.state.map { Double($0.rawValue) })
            addProcessorTime(&readings)
            addMemory(&readings)
            readings.add(.rootDiskSize, identity.flavor?.rootDisk.map(Double.init))
            readings.add(.ephemeralDiskSize, identity.flavor?.ephemeral.map(Double.init))
            readings.add(.perfCycles, statistics.perf.cycles)
            readings.add(.perfInstructions, statistics.perf.instructions)
            readings.add(.perfCacheReferences, statistics.perf.cacheReferences)
            readings.add(.perfCacheMisses, statistics.perf.cacheMisses)
        }
    }

    private func addProcessorTime(_ readings: inout ReadingList) {
        let run = total(\.time)
        let wait = total(\.wait)
        readings.add(.cpu, run.flatMap { run in wait.map { run + $0 } } ?? statistics.cpu.time)
        readings.add(.cpuTime, statistics.cpu.time)
        readings.add(.cpuUser, statistics.cpu.user)
        readings.add(.cpuSystem, statistics.cpu.system)
        readings.add(.cpuWait, wait)
        readings.add(.cpuSteal, total(\.delay))
        readings.add(.vcpus, statistics.vcpuCurrent)
        readings.add(.vcpusMaximum, statistics.vcpuMaximum)
    }

    /// The sum over the vCPUs; nil unless every one that is online has the value, or the sum would fall when one is missing.
    private func total(_ value: KeyPath<DomainStatistics.VCPU, UInt64?>) -> UInt64? {
        guard let current = statistics.vcpuCurrent, current > 0 else { return nil }
        let values = statistics.vcpus.compactMap { $0[keyPath: value] }
        guard UInt64(values.count) >= current else { return nil }
        return values.reduce(0, &+)
    }

    private func addMemory(_ readings: inout ReadingList) {
        let memory = statistics.memory
        let spare = memory.usable ?? memory.unused
        let usage = memory.available.flatMap { available in spare.map { available >= $0 ? available - $0 : 0 } }
        readings.add(.memory, mebibytes: memory.current)
        readings.add(.memoryMaximum, mebibytes: memory.maximum)
        readings.add(.memoryAvailable, mebibytes: memory.available)
        readings.add(.memoryUsage, mebibytes: usage)
        readings.add(.memoryUnused, mebibytes: memory.unused)
        readings.add(.memoryUsable, mebibytes: memory.usable)
        readings.add(.memoryResident, mebibytes: memory.rss)
        readings.add(.memoryDiskCaches, mebibytes: memory.diskCaches)
        readings.add(.memorySwapIn, mebibytes: memory.swapIn)
        readings.add(.memorySwapOut, mebibytes: memory.swapOut)
        readings.add(.memoryMajorFaults, memory.majorFaults)
        readings.add(.memoryMinorFaults, memory.minorFaults)
        readings.add(.memoryHugePageAllocations, memory.hugePageAllocations)
        readings.add(.memoryHugePageFailures, memory.hugePageFailures)
        if let updatedAt = memory.updatedAt, updatedAt > 0 {
            let age = Double(at.nanoseconds) / 1e9 - Double(updatedAt)
            readings.add(.memoryStatisticsAge, max(0, age))
        }
    }

    private func vcpu(_ vcpu: DomainStatistics.VCPU) -> PolledResource {
        let attributes = [
            BatchAttribute("instance_id", statistics.domain.id.text), BatchAttribute("name", "vcpu\(vcpu.number)"),
        ]
        let id = "\(statistics.domain.id.text)-vcpu\(vcpu.number)"
        return resource(.vcpu, id: id, attributes: attributes) { readings in
            readings.add(.vcpuState, vcpu.state)
            readings.add(.vcpuTime, vcpu.time)
            readings.add(.vcpuWait, vcpu.wait)
            readings.add(.vcpuDelay, vcpu.delay)
            readings.add(.vcpuHalted, vcpu.isHalted.map { $0 ? 1.0 : 0.0 })
        }
    }

    private func disk(_ block: DomainStatistics.Block) -> PolledResource? {
        guard let name = block.name else { return nil }
        // A drive without a medium counts nothing, as for Ceilometer.
        if let disk = identity.description.disks.first(where: { $0.target == name }), !disk.hasSource { return nil }
        let attributes = [BatchAttribute("instance_id", statistics.domain.id.text), BatchAttribute("name", name)]
        return resource(.disk, id: "\(statistics.domain.id.text)-\(name)", attributes: attributes) { readings in
            readings.add(.diskReadRequests, block.readRequests)
            readings.add(.diskReadBytes, block.readBytes)
            readings.add(.diskReadLatency, block.readTime)
            readings.add(.diskWriteRequests, block.writeRequests)
            readings.add(.diskWriteBytes, block.writeBytes)
            readings.add(.diskWriteLatency, block.writeTime)
            readings.add(.diskFlushRequests, block.flushRequests)
            readings.add(.diskFlushLatency, block.flushTime)
            // libvirt rounds the capacity of some media down to blocks of 4 KiB.
            readings.add(.diskCapacity, block.capacity.map { max($0, block.physical ?? 0) })
            readings.add(.diskAllocation, block.allocation)
            readings.add(.diskUsage, block.physical)
        }
    }

    private func interface(
        _ interface: DomainStatistics.Interface, _ history: inout TrafficHistory
    ) -> PolledResource? {
        guard let name = interface.name else { return nil }
        let described = identity.description.interfaces.first { $0.target == name }
        let domain = statistics.domain
        let id = described?.filter ?? "\(domain.name)-\(domain.id.text)-\(name)"
        var change: TrafficHistory.Change?
        if let incoming = interface.received.bytes, let outgoing = interface.sent.bytes {
            change = history.change(
                of: ResourceID(id), in: domain.id, incoming: incoming, outgoing: outgoing, at: at)
        }
        var attributes = [
            BatchAttribute("instance_id", domain.id.text), BatchAttribute("name", described?.filter ?? name),
        ]
        if let mac = described?.mac { attributes.append(BatchAttribute("mac", mac)) }
        if let port = described?.portID { attributes.append(BatchAttribute("port_id", port)) }
        return resource(.interface, id: id, attributes: attributes) { readings in
            readings.add(.incomingBytes, interface.received.bytes)
            readings.add(.incomingPackets, interface.received.packets)
            readings.add(.incomingDrops, interface.received.drops)
            readings.add(.incomingErrors, interface.received.errors)
            readings.add(.incomingBytesDelta, change?.incoming)
            readings.add(.incomingBytesRate, change?.incomingRate)
            readings.add(.outgoingBytes, interface.sent.bytes)
            readings.add(.outgoingPackets, interface.sent.packets)
            readings.add(.outgoingDrops, interface.sent.drops)
            readings.add(.outgoingErrors, interface.sent.errors)
            readings.add(.outgoingBytesDelta, change?.outgoing)
            readings.add(.outgoingBytesRate, change?.outgoingRate)
        }
    }

    private func resource(
        _ type: ServerResourceType, id: String, attributes: [BatchAttribute], _ fill: (inout ReadingList) -> Void
    ) -> PolledResource {
        var list = ReadingList(meters: meters, at: at)
        fill(&list)
        return PolledResource(
            id: ResourceID(id), type: ResourceType(type.rawValue), projectID: identity.projectID,
            userID: identity.userID, attributes: attributes, readings: list.readings)
    }
}

/// The readings of one resource, of the wanted meters only.
private struct ReadingList {
    let meters: Set<ServerMeter>
    let at: Instant
    var readings: [PolledReading] = []

    init(meters: Set<ServerMeter>, at: Instant) {
        self.meters = meters
        self.at = at
    }

    mutating func add(_ meter: ServerMeter, _ value: Double?) {
        guard let value, meters.contains(meter) else { return }
        readings.append(PolledReading(meter.meter, value, at: at))
    }

    mutating func add(_ meter: ServerMeter, _ value: UInt64?) {
        add(meter, value.map { Double($0) })
    }

    /// Adds an amount of KiB, libvirt's unit, in MiB, Ceilometer's.
    mutating func add(_ meter: ServerMeter, mebibytes kibibytes: UInt64?) {
        add(meter, kibibytes.map { Double($0) / 1_024 })
    }
}
