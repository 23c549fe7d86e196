/// The machine under a hypervisor, as libvirt sees it (`virNodeGetInfo`).
package struct NodeInformation: Hashable, Sendable {
    /// The processor's model, such as `x86_64`.
    package let model: String
    /// KiB.
    ///
    /// Memory that was added to a running machine may be missing here; `NodeMemory` has it.
    package let memory: UInt64
    package let cpus: Int
    /// MHz; 0 where it is not known.
    package let frequency: Int
    package let numaNodes: Int
    /// Per NUMA node.
    package let sockets: Int
    package let coresPerSocket: Int
    package let threadsPerCore: Int
}

/// Time that the machine's processors spent since it booted, in nanoseconds (`virNodeGetCPUStats`).
package struct NodeCPUTime: Hashable, Sendable {
    package var kernel: UInt64?
    package var user: UInt64?
    package var idle: UInt64?
    package var ioWait: UInt64?
    package var interrupt: UInt64?
}

/// The machine's memory in KiB (`virNodeGetMemoryStats`).
package struct NodeMemory: Hashable, Sendable {
    package var total: UInt64?
    package var free: UInt64?
    package var buffers: UInt64?
    package var cached: UInt64?
}
