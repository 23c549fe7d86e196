package import Postgres
import Telemetry
package import Usage

/// The tables `usage.fact` and `usage.interval`: facts are added, intervals follow from them.
///
/// All functions run on the session of the caller's transaction.
package struct UsageStore: Sendable {
    package init() {}

    /// Adds facts, and derives the intervals of the resources that they are about anew.
    ///
    /// A fact that is there already changes nothing. Transactions that touch the same resource wait for one another, so
    /// that each derives from all facts; only what differs from the stored intervals is written.
    package func record(_ facts: [UsageFact], in session: isolated Session) throws {
        guard !facts.isEmpty else { return }
        try lock(Set(facts.map(UsageSubject.init)), in: session)
        let touched = try insert(facts, in: session)
        guard !touched.isEmpty else { return }
        let known = try self.facts(about: touched, in: session)
        let before = try intervals(of: touched, in: session)
        var change = UsageChange()
        for subject in touched {
            change.add(before: before[subject] ?? [], after: UsageTimeline(known[subject] ?? []).intervals)
        }
        try delete(change.outdated, in: session)
        try insert(change.new, in: session)
    }

    /// The locks that serialize work on one resource are shared by hash, so that a batch of any size needs few.
    private static let lockCount: UInt64 = 256

    private func lock(_ subjects: Set<UsageSubject>, in session: isolated Session) throws {
        let numbers = Set(subjects.map { $0.stableHash % Self.lockCount })
        // In one order for all, so that two batches can't wait for each other.
        for number in numbers.sorted() {
            try session.lockInTransaction(AdvisoryLock("usage resource \(number)"))
        }
    }
}

/// The resource that facts are about.
struct UsageSubject: Hashable, Sendable {
    let type: ResourceType
    let id: ResourceID

    init(type: ResourceType, id: ResourceID) {
        self.type = type
        self.id = id
    }

    init(_ fact: UsageFact) {
        self.init(type: fact.resourceType, id: fact.resourceID)
    }

    init(_ interval: UsageInterval) {
        self.init(type: interval.resourceType, id: interval.resourceID)
    }

    /// A hash that every process agrees on (FNV-1a), unlike Swift's own.
    var stableHash: UInt64 {
        (Array(type.text.utf8) + [0] + Array(id.text.utf8)).reduce(0xCBF2_9CE4_8422_2325) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
    }
}

/// What has to be written so that the stored intervals become the derived ones.
private struct UsageChange {
    private(set) var outdated: [UsageInterval] = []
    private(set) var new: [UsageInterval] = []

    mutating func add(before: [UsageInterval], after: [UsageInterval]) {
        let (old, derived) = (Set(before), Set(after))
        outdated += before.filter { !derived.contains($0) }
        new += after.filter { !old.contains($0) }
    }
}
