import CLibvirt
import Glibc

extension Connection {
    /// The name that the hypervisor's machine gives itself.
    package func hostName() throws(LibvirtError) -> String {
        try takeString(virConnectGetHostname(try pointer), "virConnectGetHostname")
    }

    /// The XML of what the hypervisor can run and on what.
    package func capabilities() throws(LibvirtError) -> String {
        try takeString(virConnectGetCapabilities(try pointer), "virConnectGetCapabilities")
    }

    package func nodeInformation() throws(LibvirtError) -> NodeInformation {
        var information = virNodeInfo()
        _ = try LibvirtError.check(virNodeGetInfo(try pointer, &information), "virNodeGetInfo")
        let model = withUnsafeBytes(of: information.model) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return NodeInformation(
            model: model, memory: UInt64(information.memory), cpus: Int(information.cpus),
            frequency: Int(information.mhz), numaNodes: Int(information.nodes), sockets: Int(information.sockets),
            coresPerSocket: Int(information.cores), threadsPerCore: Int(information.threads))
    }

    /// The time of all processors together.
    package func nodeCPUTime() throws(LibvirtError) -> NodeCPUTime {
        let connection = try pointer
        let all = Int32(VIR_NODE_CPU_STATS_ALL_CPUS.rawValue)
        var count: Int32 = 0
        _ = try LibvirtError.check(virNodeGetCPUStats(connection, all, nil, &count, 0), "virNodeGetCPUStats")
        var values = [virNodeCPUStats](repeating: virNodeCPUStats(), count: Int(count))
        _ = try LibvirtError.check(virNodeGetCPUStats(connection, all, &values, &count, 0), "virNodeGetCPUStats")
        var time = NodeCPUTime()
        for value in values.prefix(Int(count)) {
            switch withUnsafeBytes(of: value.field, { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }) {
            case VIR_NODE_CPU_STATS_KERNEL: time.kernel = value.value
            case VIR_NODE_CPU_STATS_USER: time.user = value.value
            case VIR_NODE_CPU_STATS_IDLE: time.idle = value.value
            case VIR_NODE_CPU_STATS_IOWAIT: time.ioWait = value.value
            case VIR_NODE_CPU_STATS_INTR: time.interrupt = value.value
            default: continue
            }
        }
        return time
    }

    /// The memory of all NUMA nodes together.
    package func nodeMemory() throws(LibvirtError) -> NodeMemory {
        let connection = try pointer
        let all = Int32(VIR_NODE_MEMORY_STATS_ALL_CELLS.rawValue)
        var count: Int32 = 0
        _ = try LibvirtError.check(virNodeGetMemoryStats(connection, all, nil, &count, 0), "virNodeGetMemoryStats")
        var values = [virNodeMemoryStats](repeating: virNodeMemoryStats(), count: Int(count))
        _ = try LibvirtError.check(
            virNodeGetMemoryStats(connection, all, &values, &count, 0), "virNodeGetMemoryStats")
        var memory = NodeMemory()
        for value in values.prefix(Int(count)) {
            switch withUnsafeBytes(of: value.field, { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }) {
            case VIR_NODE_MEMORY_STATS_TOTAL: memory.total = value.value
            case VIR_NODE_MEMORY_STATS_FREE: memory.free = value.value
            case VIR_NODE_MEMORY_STATS_BUFFERS: memory.buffers = value.value
            case VIR_NODE_MEMORY_STATS_CACHED: memory.cached = value.value
            default: continue
            }
        }
        return memory
    }
}
