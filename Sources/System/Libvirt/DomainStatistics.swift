import CLibvirt

/// What one domain's counters said at one moment.
///
/// A value that the hypervisor did not report is nil, never zero.
package struct DomainStatistics: Hashable, Sendable {
    package let domain: DomainSummary
    package var state: DomainState?
    /// Why it is in that state (`virDomainPausedReason` for a paused one).
    package var stateReason: Int32?
    /// Whether the answer may lack what its driver would have had to wait for.
    package var mayBePartial = false
    package var cpu = CPU()
    package var memory = Memory()
    /// In the order of their numbers; a hole is a vCPU that is offline.
    package var vcpus: [VCPU] = []
    package var vcpuCurrent: UInt64?
    package var vcpuMaximum: UInt64?
    package var blocks: [Block] = []
    package var interfaces: [Interface] = []
    package var perf = Perf()

    package init(domain: DomainSummary) {
        self.domain = domain
    }

    /// Whether the domain is here only on its way from or to another host, or not yet started: the same server has its
    /// counters elsewhere, or has none yet.
    ///
    /// A migration's destination is paused until the source has stopped, and the source from then until it is gone; with
    /// post-copy the source is paused as soon as the destination runs.
    package var isInTransit: Bool {
        guard state == .paused, let stateReason else { return false }
        let reasons = [
            VIR_DOMAIN_PAUSED_MIGRATION, VIR_DOMAIN_PAUSED_STARTING_UP, VIR_DOMAIN_PAUSED_POSTCOPY,
            VIR_DOMAIN_PAUSED_POSTCOPY_FAILED,
        ]
        return reasons.contains { Int32($0.rawValue) == stateReason }
    }

    /// Time that the whole domain used since it started, in nanoseconds: its vCPUs and the emulator's own threads.
    package struct CPU: Hashable, Sendable {
        package var time: UInt64?
        package var user: UInt64?
        package var system: UInt64?
        package init() {}
    }

    /// Sizes in KiB; counters since the guest booted.
    ///
    /// All but `current`, `maximum` and `rss` come from the guest's balloon driver, at `updatedAt` and not at the
    /// moment of the call.
    package struct Memory: Hashable, Sendable {
        package var current: UInt64?
        package var maximum: UInt64?
        package var swapIn: UInt64?
        package var swapOut: UInt64?
        package var majorFaults: UInt64?
        package var minorFaults: UInt64?
        package var unused: UInt64?
        package var available: UInt64?
        package var usable: UInt64?
        package var diskCaches: UInt64?
        package var hugePageAllocations: UInt64?
        package var hugePageFailures: UInt64?
        package var rss: UInt64?
        /// Seconds since 1970; 0 where the guest never reported.
        package var updatedAt: UInt64?
        package init() {}
    }

    /// Times in nanoseconds since the domain started.
    package struct VCPU: Hashable, Sendable {
        package let number: Int
        /// `virVcpuState`: 0 offline, 1 running, 2 blocked.
        package var state: UInt64?
        package var time: UInt64?
        /// Time blocked, waiting for I/O.
        package var wait: UInt64?
        /// Time ready to run while the host ran something else: what the guest sees as steal.
        package var delay: UInt64?
        package var isHalted: Bool?
        package init(number: Int) { self.number = number }
    }

    /// Requests, bytes and nanoseconds since the domain started; sizes in bytes.
    package struct Block: Hashable, Sendable {
        /// The target device: `vda`.
        package var name: String?
        package var readRequests: UInt64?
        package var readBytes: UInt64?
        package var readTime: UInt64?
        package var writeRequests: UInt64?
        package var writeBytes: UInt64?
        package var writeTime: UInt64?
        package var flushRequests: UInt64?
        package var flushTime: UInt64?
        package var capacity: UInt64?
        package var allocation: UInt64?
        package var physical: UInt64?
        package init() {}
    }

    /// Counters since the interface was made, as the guest sees them: received is what came to the guest.
    package struct Interface: Hashable, Sendable {
        /// The device on the host: `tap1234abcd-ef`.
        package var name: String?
        package var received = Traffic()
        package var sent = Traffic()
        package init() {}
    }

    package struct Traffic: Hashable, Sendable {
        package var bytes: UInt64?
        package var packets: UInt64?
        package var errors: UInt64?
        package var drops: UInt64?
        package init() {}
    }

    /// Events of the processor's counters since they were switched on for the domain.
    package struct Perf: Hashable, Sendable {
        package var cycles: UInt64?
        package var instructions: UInt64?
        package var cacheReferences: UInt64?
        package var cacheMisses: UInt64?
        package init() {}
    }
}
