import HostCounters
import Telemetry

extension HostReadings {
    func addMemory(to resource: inout HostResource) {
        if let memory = snapshot.memory {
            resource.add(.memoryTotal, kilobytes: memory.total)
            resource.add(.memoryUsed, kilobytes: memory.total >= memory.free ? memory.total - memory.free : nil)
            resource.add(.memoryAvailable, kilobytes: memory.available)
            resource.add(.memoryBuffer, kilobytes: memory.buffers)
            resource.add(.memoryCached, kilobytes: memory.cached)
            resource.add(.memoryDirty, kilobytes: memory.dirty)
            resource.add(.memoryCommitted, kilobytes: memory.committed)
            resource.add(.memoryTransparentHugePages, kilobytes: memory.anonymousHugePages)
            resource.add(.memoryCorrupted, kilobytes: memory.hardwareCorrupted)
            resource.add(.swapTotal, kilobytes: memory.swapTotal)
            resource.add(.swapAvailable, kilobytes: memory.swapFree)
        }
        if let paging = snapshot.virtualMemory {
            resource.add(.swapIn, paging.swappedIn)
            resource.add(.swapOut, paging.swappedOut)
            resource.add(.pageFaults, paging.faults)
            resource.add(.majorPageFaults, paging.majorFaults)
            resource.add(.outOfMemoryKills, paging.outOfMemoryKills)
        }
    }

    func numaNodes() -> [HostResource] {
        (snapshot.numaNodes ?? []).map { node in
            var resource = HostResource(.numaNode, of: host, device: "node\(node.number)")
            resource.add(.numaTotal, kilobytes: node.memory?.total)
            resource.add(.numaUsed, kilobytes: node.memory?.used)
            resource.add(.numaFree, kilobytes: node.memory?.free)
            resource.add(.numaHit, node.allocations?.hit)
            resource.add(.numaMiss, node.allocations?.miss)
            resource.add(.numaForeign, node.allocations?.foreign)
            resource.add(.numaLocal, node.allocations?.local)
            resource.add(.numaOther, node.allocations?.other)
            return resource
        }
    }

    /// The pools of the host, then those of each node, which are parts of the host's.
    func hugePagePools() -> [HostResource] {
        let pools = (snapshot.hugePages ?? []).map { hugePagePool($0, node: nil) }
        return pools
            + (snapshot.numaNodes ?? []).flatMap { node in
                node.hugePages.map { hugePagePool($0, node: node.number) }
            }
    }

    private func hugePagePool(_ pool: HugePagePool, node: Int?) -> HostResource {
        let size = "hugepages-\(pool.pageSize / 1024)kB"
        var attributes = [BatchAttribute("page_size", "\(pool.pageSize)")]
        if let node { attributes.append(BatchAttribute("numa_node", "\(node)")) }
        var resource = HostResource(
            .hugePagePool, of: host, device: node.map { "node\($0).\(size)" } ?? size, attributes: attributes)
        resource.add(.hugePagesTotal, pool.total)
        resource.add(.hugePagesFree, pool.free)
        resource.add(.hugePagesReserved, pool.reserved)
        resource.add(.hugePagesSurplus, pool.surplus)
        return resource
    }

    /// Controllers, then their modules, whose errors are counted in the controller's too.
    func memoryControllers() -> [HostResource] {
        (snapshot.memoryControllers ?? []).flatMap { controller in
            let device = "mc\(controller.number)"
            let name = controller.name.map { [BatchAttribute("name", $0)] } ?? []
            var resource = HostResource(.memoryController, of: host, device: device, attributes: name)
            resource.add(.memoryErrorsCorrected, controller.corrected)
            resource.add(.memoryErrorsUncorrected, controller.uncorrected)
            return [resource]
                + controller.modules.map { module in
                    let label = module.label.map { [BatchAttribute("label", $0)] } ?? []
                    var resource = HostResource(
                        .memoryModule, of: host, device: "\(device).dimm\(module.number)", attributes: label)
                    resource.add(.memoryErrorsCorrected, module.corrected)
                    resource.add(.memoryErrorsUncorrected, module.uncorrected)
                    return resource
                }
        }
    }
}
