extension DomainStatistics {
    /// Most elements of one list: above it an index is taken for damage.
    ///
    /// libvirt allows 4,096 vCPUs.
    private static let indexLimit = 16_384

    /// Reads the parameters of bulk statistics; the names are those of `virConnectGetAllDomainStats` in libvirt 9.0.
    ///
    /// Parameters of other names are passed over: libvirt adds some in every release.
    package init(domain: DomainSummary, parameters: [TypedParameter]) {
        self.init(domain: domain)
        var vcpus: [Int: VCPU] = [:]
        for parameter in parameters {
            let path = parameter.name.split(separator: ".", maxSplits: 2)
            guard path.count >= 2 else { continue }
            let index = Int(path[1]).flatMap { (0..<Self.indexLimit).contains($0) ? $0 : nil }
            let value = parameter.value
            switch (path[0], index) {
            case ("state", _):
                if path[1] == "state" { state = value.count.map { DomainState(rawValue: Int32(clamping: $0)) } }
                if path[1] == "reason" { stateReason = value.count.map { Int32(clamping: $0) } }
            case ("cpu", _): cpu.set(path[1], value)
            case ("balloon", _): memory.set(path[1], value)
            case ("perf", _): perf.set(path[1], value)
            case ("vcpu", let index?): vcpus[index, default: VCPU(number: index)].set(path.last ?? "", value)
            case ("vcpu", nil):
                if path[1] == "current" { vcpuCurrent = value.count }
                if path[1] == "maximum" { vcpuMaximum = value.count }
            case ("net", let index?):
                interfaces.grow(to: index + 1, with: Interface())
                interfaces[index].set(path.last ?? "", value)
            case ("block", let index?):
                blocks.grow(to: index + 1, with: Block())
                blocks[index].set(path.last ?? "", value)
            default: continue
            }
        }
        self.vcpus = vcpus.values.sorted { $0.number < $1.number }
    }
}

extension Array {
    fileprivate mutating func grow(to size: Int, with element: Element) {
        while count < size { append(element) }
    }
}

extension DomainStatistics.CPU {
    fileprivate mutating func set(_ name: Substring, _ value: TypedParameter.Value) {
        switch name {
        case "time": time = value.count
        case "user": user = value.count
        case "system": system = value.count
        default: return
        }
    }
}

extension DomainStatistics.Memory {
    fileprivate mutating func set(_ name: Substring, _ value: TypedParameter.Value) {
        switch name {
        case "current": current = value.count
        case "maximum": maximum = value.count
        case "swap_in": swapIn = value.count
        case "swap_out": swapOut = value.count
        case "major_fault": majorFaults = value.count
        case "minor_fault": minorFaults = value.count
        case "unused": unused = value.count
        case "available": available = value.count
        case "usable": usable = value.count
        case "disk_caches": diskCaches = value.count
        case "hugetlb_pgalloc": hugePageAllocations = value.count
        case "hugetlb_pgfail": hugePageFailures = value.count
        case "rss": rss = value.count
        case "last-update": updatedAt = value.count
        default: return
        }
    }
}

extension DomainStatistics.VCPU {
    fileprivate mutating func set(_ name: Substring, _ value: TypedParameter.Value) {
        switch name {
        case "state": state = value.count
        case "time": time = value.count
        case "wait": wait = value.count
        case "delay": delay = value.count
        case "halted":
            if case .bool(let halted) = value { isHalted = halted }
        default: return
        }
    }
}

extension DomainStatistics.Block {
    fileprivate mutating func set(_ name: Substring, _ value: TypedParameter.Value) {
        switch name {
        case "name": self.name = value.text
        case "rd.reqs": readRequests = value.count
        case "rd.bytes": readBytes = value.count
        case "rd.times": readTime = value.count
        case "wr.reqs": writeRequests = value.count
        case "wr.bytes": writeBytes = value.count
        case "wr.times": writeTime = value.count
        case "fl.reqs": flushRequests = value.count
        case "fl.times": flushTime = value.count
        case "capacity": capacity = value.count
        case "allocation": allocation = value.count
        case "physical": physical = value.count
        default: return
        }
    }
}

extension DomainStatistics.Interface {
    fileprivate mutating func set(_ name: Substring, _ value: TypedParameter.Value) {
        switch name {
        case "name": self.name = value.text
        case "rx.bytes": received.bytes = value.count
        case "rx.pkts": received.packets = value.count
        case "rx.errs": received.errors = value.count
        case "rx.drop": received.drops = value.count
        case "tx.bytes": sent.bytes = value.count
        case "tx.pkts": sent.packets = value.count
        case "tx.errs": sent.errors = value.count
        case "tx.drop": sent.drops = value.count
        default: return
        }
    }
}

extension DomainStatistics.Perf {
    fileprivate mutating func set(_ name: Substring, _ value: TypedParameter.Value) {
        switch name {
        case "cpu_cycles": cycles = value.count
        case "instructions": instructions = value.count
        case "cache_references": cacheReferences = value.count
        case "cache_misses": cacheMisses = value.count
        default: return
        }
    }
}
