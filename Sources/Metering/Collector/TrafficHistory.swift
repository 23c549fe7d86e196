package import Libvirt
package import Telemetry

/// The last counters of network interfaces, from which the next reading's delta and rate follow.
package struct TrafficHistory: Sendable {
    private var last: [DomainID: [ResourceID: Reading]] = [:]

    private struct Reading {
        let incoming: UInt64
        let outgoing: UInt64
        let at: Instant

        /// Counters of a clock that was set back are not lower.
        func isOvertaken(by other: Reading) -> Bool {
            at < other.at && incoming <= other.incoming && outgoing <= other.outgoing
                && (incoming, outgoing) != (other.incoming, other.outgoing)
        }
    }

    /// What passed between two readings.
    package struct Change: Hashable, Sendable {
        /// Bytes.
        package let incoming: UInt64
        package let outgoing: UInt64
        package let elapsed: Duration

        package var incomingRate: Double { Double(incoming) / (elapsed / .seconds(1)) }
        package var outgoingRate: Double { Double(outgoing) / (elapsed / .seconds(1)) }
    }

    package init() {}

    /// Takes a reading; nil where there is none before it, or none earlier by the clock.
    ///
    /// A counter that fell was restarted with its domain, so what it shows came since then: never a negative delta, and
    /// never one that holds the same bytes twice.
    ///
    /// Two readings of a domain may come in the other order than they were taken; the older one is then passed over.
    package mutating func change(
        of interface: ResourceID, in domain: DomainID, incoming: UInt64, outgoing: UInt64, at: Instant
    ) -> Change? {
        let reading = Reading(incoming: incoming, outgoing: outgoing, at: at)
        let previous = last[domain]?[interface]
        if let previous, reading.isOvertaken(by: previous) { return nil }
        last[domain, default: [:]][interface] = reading
        guard let previous, at > previous.at else { return nil }
        return Change(
            incoming: incoming >= previous.incoming ? incoming - previous.incoming : incoming,
            outgoing: outgoing >= previous.outgoing ? outgoing - previous.outgoing : outgoing,
            elapsed: at - previous.at)
    }

    /// Forgets the interfaces of all domains but these.
    package mutating func keep(_ domains: Set<DomainID>) {
        last = last.filter { domains.contains($0.key) }
    }
}
