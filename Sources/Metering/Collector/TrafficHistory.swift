package import Telemetry

/// The last counters of network interfaces, from which the next reading's delta and rate follow.
package struct TrafficHistory: Sendable {
    private var last: [ResourceID: Reading] = [:]

    private struct Reading {
        let incoming: UInt64
        let outgoing: UInt64
        let at: Instant
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
    package mutating func change(of interface: ResourceID, incoming: UInt64, outgoing: UInt64, at: Instant) -> Change? {
        let previous = last.updateValue(Reading(incoming: incoming, outgoing: outgoing, at: at), forKey: interface)
        guard let previous, at > previous.at else { return nil }
        return Change(
            incoming: incoming >= previous.incoming ? incoming - previous.incoming : incoming,
            outgoing: outgoing >= previous.outgoing ? outgoing - previous.outgoing : outgoing,
            elapsed: at - previous.at)
    }

    /// Forgets all interfaces but these.
    package mutating func keep(_ interfaces: Set<ResourceID>) {
        last = last.filter { interfaces.contains($0.key) }
    }
}
