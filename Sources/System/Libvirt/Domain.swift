import CLibvirt

/// The id of a domain: a UUID in its canonical text, which for Nova is the id of the server.
package struct DomainID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// A domain as the hypervisor lists it.
package struct DomainSummary: Hashable, Sendable {
    package let id: DomainID
    /// The name in libvirt, `instance-0000002a` for Nova.
    package let name: String

    package init(id: DomainID, name: String) {
        self.id = id
        self.name = name
    }
}

/// What a domain is doing (`virDomainState`).
package struct DomainState: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let none = Self(VIR_DOMAIN_NOSTATE)
    package static let running = Self(VIR_DOMAIN_RUNNING)
    package static let blocked = Self(VIR_DOMAIN_BLOCKED)
    package static let paused = Self(VIR_DOMAIN_PAUSED)
    package static let shuttingDown = Self(VIR_DOMAIN_SHUTDOWN)
    package static let shutOff = Self(VIR_DOMAIN_SHUTOFF)
    package static let crashed = Self(VIR_DOMAIN_CRASHED)
    package static let suspendedByGuest = Self(VIR_DOMAIN_PMSUSPENDED)

    private init(_ state: virDomainState) { rawValue = Int32(state.rawValue) }
}

/// Groups of statistics of domains (`virDomainStatsTypes`).
///
/// The hypervisor pays for each: most of them are a question to QEMU's monitor.
package struct StatisticsGroups: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let state = Self(VIR_DOMAIN_STATS_STATE)
    package static let cpu = Self(VIR_DOMAIN_STATS_CPU_TOTAL)
    package static let balloon = Self(VIR_DOMAIN_STATS_BALLOON)
    package static let vcpu = Self(VIR_DOMAIN_STATS_VCPU)
    package static let interface = Self(VIR_DOMAIN_STATS_INTERFACE)
    package static let block = Self(VIR_DOMAIN_STATS_BLOCK)
    package static let perf = Self(VIR_DOMAIN_STATS_PERF)

    private init(_ group: virDomainStatsTypes) { rawValue = group.rawValue }
}
