import CLibvirt

/// Statistics from one call per domain and kind, for drivers without bulk statistics such as LXC's.
extension Connection {
    /// A domain whose state cannot be read is a failure; a kind of statistics that its driver lacks is left out.
    func singleStatistics(of ids: [DomainID], groups: StatisticsGroups) throws(LibvirtError) -> StatisticsAnswer {
        var answer = StatisticsAnswer()
        for id in ids {
            do throws(LibvirtError) {
                answer.statistics.append(try singleStatistics(of: id, groups: groups))
            } catch {
                guard !error.isConnectionLost else { throw error }
                forget(id)
                answer.failures[id] = error
            }
        }
        return answer
    }

    private func singleStatistics(of id: DomainID, groups: StatisticsGroups) throws(LibvirtError) -> DomainStatistics {
        let pointer = try domain(id)
        var statistics = DomainStatistics(domain: try Self.summary(of: pointer))
        try readInformation(pointer, groups: groups, into: &statistics)
        if groups.contains(.balloon) {
            try tolerate { () throws(LibvirtError) in try readMemory(pointer, into: &statistics) }
        }
        if groups.contains(.vcpu) {
            try tolerate { () throws(LibvirtError) in try readVCPUs(pointer, into: &statistics) }
        }
        guard !groups.isDisjoint(with: [.block, .interface]) else { return statistics }
        let description: DomainDescription
        do {
            description = try DomainDescription(xml: try xml(of: id))
        } catch let error as LibvirtError {
            throw error
        } catch {
            throw LibvirtError(
                code: .xmlError, domain: .xml, level: .error, message: "\(error)", operation: "virDomainGetXMLDesc")
        }
        if groups.contains(.block) {
            for disk in description.disks where disk.hasSource {
                try tolerate { () throws(LibvirtError) in
                    statistics.blocks.append(try block(pointer, target: disk.target))
                }
            }
        }
        if groups.contains(.interface) {
            for interface in description.interfaces {
                try tolerate { () throws(LibvirtError) in
                    statistics.interfaces.append(try self.interface(pointer, target: interface.target))
                }
            }
        }
        return statistics
    }

    /// Runs one reading whose failure only leaves its meters out; a lost connection is passed on.
    private func tolerate(_ read: () throws(LibvirtError) -> Void) throws(LibvirtError) {
        do throws(LibvirtError) {
            try read()
        } catch {
            guard !error.isConnectionLost else { throw error }
        }
    }

    private func readInformation(
        _ pointer: OpaquePointer, groups: StatisticsGroups, into statistics: inout DomainStatistics
    ) throws(LibvirtError) {
        var information = virDomainInfo()
        _ = try LibvirtError.check(virDomainGetInfo(pointer, &information), "virDomainGetInfo")
        if groups.contains(.state) {
            var (state, reason): (Int32, Int32) = (0, 0)
            _ = try LibvirtError.check(virDomainGetState(pointer, &state, &reason, 0), "virDomainGetState")
            (statistics.state, statistics.stateReason) = (DomainState(rawValue: state), reason)
        }
        if groups.contains(.cpu) { statistics.cpu.time = information.cpuTime }
        if groups.contains(.vcpu) { statistics.vcpuCurrent = UInt64(information.nrVirtCpu) }
        if groups.contains(.balloon) {
            statistics.memory.current = UInt64(information.memory)
            statistics.memory.maximum = UInt64(information.maxMem)
        }
    }

    private func readMemory(
        _ pointer: OpaquePointer, into statistics: inout DomainStatistics
    ) throws(LibvirtError) {
        var values = [virDomainMemoryStatStruct](
            repeating: virDomainMemoryStatStruct(), count: Int(VIR_DOMAIN_MEMORY_STAT_NR.rawValue))
        let count = try LibvirtError.check(
            virDomainMemoryStats(pointer, &values, UInt32(values.count), 0), "virDomainMemoryStats")
        for value in values.prefix(count) {
            statistics.memory.set(tag: UInt32(bitPattern: value.tag), value.val)
        }
    }

    private func readVCPUs(
        _ pointer: OpaquePointer, into statistics: inout DomainStatistics
    ) throws(LibvirtError) {
        var values = [virVcpuInfo](repeating: virVcpuInfo(), count: Int(clamping: statistics.vcpuCurrent ?? 0))
        let count = try LibvirtError.check(
            virDomainGetVcpus(pointer, &values, Int32(values.count), nil, 0), "virDomainGetVcpus")
        statistics.vcpus = values.prefix(count).map { value in
            var vcpu = DomainStatistics.VCPU(number: Int(value.number))
            vcpu.state = UInt64(exactly: value.state)
            vcpu.time = value.cpuTime
            return vcpu
        }
    }

    private func block(_ pointer: OpaquePointer, target: String) throws(LibvirtError) -> DomainStatistics.Block {
        var values = virDomainBlockStatsStruct()
        _ = try LibvirtError.check(
            virDomainBlockStats(pointer, target, &values, MemoryLayout<virDomainBlockStatsStruct>.size),
            "virDomainBlockStats")
        var block = DomainStatistics.Block()
        block.name = target
        block.readRequests = UInt64(exactly: values.rd_req)
        block.readBytes = UInt64(exactly: values.rd_bytes)
        block.writeRequests = UInt64(exactly: values.wr_req)
        block.writeBytes = UInt64(exactly: values.wr_bytes)
        try tolerate { () throws(LibvirtError) in
            var sizes = virDomainBlockInfo()
            _ = try LibvirtError.check(virDomainGetBlockInfo(pointer, target, &sizes, 0), "virDomainGetBlockInfo")
            block.capacity = sizes.capacity
            block.allocation = sizes.allocation
            block.physical = sizes.physical
        }
        return block
    }

    private func interface(
        _ pointer: OpaquePointer, target: String
    ) throws(LibvirtError) -> DomainStatistics.Interface {
        var values = virDomainInterfaceStatsStruct()
        _ = try LibvirtError.check(
            virDomainInterfaceStats(pointer, target, &values, MemoryLayout<virDomainInterfaceStatsStruct>.size),
            "virDomainInterfaceStats")
        var interface = DomainStatistics.Interface()
        interface.name = target
        interface.received.bytes = UInt64(exactly: values.rx_bytes)
        interface.received.packets = UInt64(exactly: values.rx_packets)
        interface.received.errors = UInt64(exactly: values.rx_errs)
        interface.received.drops = UInt64(exactly: values.rx_drop)
        interface.sent.bytes = UInt64(exactly: values.tx_bytes)
        interface.sent.packets = UInt64(exactly: values.tx_packets)
        interface.sent.errors = UInt64(exactly: values.tx_errs)
        interface.sent.drops = UInt64(exactly: values.tx_drop)
        return interface
    }
}

extension DomainStatistics.Memory {
    fileprivate mutating func set(tag: UInt32, _ value: UInt64) {
        switch virDomainMemoryStatTags(rawValue: tag) {
        case VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON: current = value
        case VIR_DOMAIN_MEMORY_STAT_SWAP_IN: swapIn = value
        case VIR_DOMAIN_MEMORY_STAT_SWAP_OUT: swapOut = value
        case VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT: majorFaults = value
        case VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT: minorFaults = value
        case VIR_DOMAIN_MEMORY_STAT_UNUSED: unused = value
        case VIR_DOMAIN_MEMORY_STAT_AVAILABLE: available = value
        case VIR_DOMAIN_MEMORY_STAT_USABLE: usable = value
        case VIR_DOMAIN_MEMORY_STAT_DISK_CACHES: diskCaches = value
        case VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC: hugePageAllocations = value
        case VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL: hugePageFailures = value
        case VIR_DOMAIN_MEMORY_STAT_RSS: rss = value
        case VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE: updatedAt = value
        default: return
        }
    }
}
