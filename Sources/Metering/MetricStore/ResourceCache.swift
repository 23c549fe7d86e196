import Synchronization
package import Telemetry

/// The dense number of a resource in the store.
package struct ResourceNumber: Hashable, Sendable, Comparable {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// What an ingesting process remembers of the store's resources, so that a poll that tells nothing new costs no statement.
///
/// It learns only from transactions that have committed. An observation that equals the last one is looked up again after a
/// while, because another process may have stored a different one meanwhile.
package final class ResourceCache: Sendable {
    /// About 300 bytes each: 150 MB at most.
    ///
    /// Past it the cache starts anew.
    package static let countLimit = 500_000
    /// Event time for which an equal observation is taken as known.
    static let verificationInterval = Duration.seconds(300)

    struct Entry: Sendable {
        let number: ResourceNumber
        /// Hash of what the last observation told.
        let fingerprint: Int
        /// The time of the observation that was last compared with the store.
        let verifiedAt: Instant
    }

    private let entries = Mutex<[ResourceID: Entry]>([:])

    package init() {}

    /// The number of a resource that is known to be stored.
    func number(of id: ResourceID) -> ResourceNumber? {
        entries.withLock { $0[id]?.number }
    }

    /// Takes over what a transaction has stored, after it has committed.
    package func learn(_ observed: ObservedResources) {
        entries.withLock { entries in
            if entries.count + observed.entries.count > Self.countLimit { entries.removeAll() }
            entries.merge(observed.entries) { _, new in new }
        }
    }

    /// The number, where the observation tells nothing that was not compared with the store lately.
    func numberIfUnchanged(_ observation: ResourceObservation) -> ResourceNumber? {
        guard let entry = entries.withLock({ $0[observation.id] }), entry.fingerprint == observation.fingerprint,
            observation.at >= entry.verifiedAt, observation.at - entry.verifiedAt < Self.verificationInterval
        else { return nil }
        return entry.number
    }
}

extension ResourceObservation {
    /// A hash of everything but the time.
    var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(type)
        hasher.combine(projectID)
        hasher.combine(userID)
        hasher.combine(attributes)
        hasher.combine(startedAt)
        hasher.combine(endedAt)
        return hasher.finalize()
    }
}

/// The outcome of `ResourceStore.observe`.
package struct ObservedResources: Sendable {
    /// The numbers of all resources that were observed.
    package fileprivate(set) var numbers: [ResourceID: ResourceNumber] = [:]
    fileprivate(set) var entries: [ResourceID: ResourceCache.Entry] = [:]

    mutating func know(_ id: ResourceID, _ number: ResourceNumber) {
        numbers[id] = number
    }

    mutating func store(_ observation: ResourceObservation, _ number: ResourceNumber) {
        numbers[observation.id] = number
        entries[observation.id] = ResourceCache.Entry(
            number: number, fingerprint: observation.fingerprint, verifiedAt: observation.at)
    }
}
