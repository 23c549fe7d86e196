package import Libvirt

/// Decides which domains are asked for together, so that one that hangs does not take others with it for long.
///
/// Domains are asked in groups. When a group's call hangs, its domains are suspects and asked one by one, in the same poll
/// where its time allows and else in the next; the one that hangs then is quarantined, for longer each time, and the others
/// go back to their groups.
package struct PollSchedule: Sendable {
    private let groupSize: Int
    private var suspects: Set<DomainID> = []
    private var quarantine: [DomainID: Sentence] = [:]

    /// The first quarantine; it doubles with each further one up to `longestQuarantine`.
    package static let firstQuarantine = Duration.seconds(30)
    package static let longestQuarantine = Duration.seconds(600)

    private struct Sentence {
        var until: Duration
        var length: Duration
    }

    package struct Plan: Hashable, Sendable {
        /// Each to be asked for in one call; those of suspects have one domain.
        package var groups: [[DomainID]] = []
        /// Not to be asked for this time.
        package var quarantined: [DomainID] = []
    }

    package init(groupSize: Int) {
        precondition(groupSize > 0, "a group has at least one domain")
        self.groupSize = groupSize
    }

    /// The calls for these domains; times are counted from any fixed moment.
    package func plan(_ domains: [DomainID], at now: Duration) -> Plan {
        var plan = Plan()
        var healthy: [DomainID] = []
        for domain in domains {
            if let sentence = quarantine[domain] {
                if now < sentence.until { plan.quarantined.append(domain) } else { plan.groups.append([domain]) }
            } else if suspects.contains(domain) {
                plan.groups.append([domain])
            } else {
                healthy.append(domain)
            }
        }
        for start in stride(from: 0, to: healthy.count, by: groupSize) {
            plan.groups.append(Array(healthy[start..<min(start + groupSize, healthy.count)]))
        }
        return plan
    }

    /// A call for this group returned.
    package mutating func returned(_ group: [DomainID]) {
        suspects.subtract(group)
        for domain in group { quarantine[domain] = nil }
    }

    /// A call for this group hung past its deadline.
    package mutating func hung(_ group: [DomainID], at now: Duration) {
        guard group.count == 1, let domain = group.first else {
            suspects.formUnion(group)
            return
        }
        suspects.remove(domain)
        let length = quarantine[domain].map { min($0.length * 2, Self.longestQuarantine) } ?? Self.firstQuarantine
        quarantine[domain] = Sentence(until: now + length, length: length)
    }

    /// The domain stopped; under the same id a new one may start, which is not to blame.
    package mutating func forget(_ domain: DomainID) {
        suspects.remove(domain)
        quarantine[domain] = nil
    }

    /// Forgets all domains but these.
    package mutating func keep(_ domains: Set<DomainID>) {
        suspects.formIntersection(domains)
        quarantine = quarantine.filter { domains.contains($0.key) }
    }
}
