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
    ///
    /// What an audit merely confirms is not derived again: audits come every hour for every resource, and a resource's facts grow
    /// with them.
    package func record(_ facts: [UsageFact], in session: isolated Session) throws {
        guard !facts.isEmpty else { return }
        try lock(Set(facts.map(UsageSubject.init)), in: session)
        let confirmed = try confirmed(by: facts, in: session)
        let touched = try insert(facts, in: session).filter { !confirmed.contains($0) }
        for start in stride(from: 0, to: touched.count, by: Self.derivedAtOnce) {
            try derive(Array(touched[start..<min(start + Self.derivedAtOnce, touched.count)]), in: session)
        }
    }

    /// Resources whose facts are in memory at once: a thousand each after some weeks of hourly audits.
    private static let derivedAtOnce = 100

    private func derive(_ subjects: [UsageSubject], in session: isolated Session) throws {
        let known = try self.facts(about: subjects, in: session)
        let before = try intervals(of: subjects, in: session)
        var change = UsageChange()
        for subject in subjects {
            change.add(before: before[subject] ?? [], after: UsageTimeline(known[subject] ?? []).intervals)
        }
        try delete(change.outdated, in: session)
        try insert(change.new, in: session)
    }

    /// The resources about which there is one fact alone, an audit that changes nothing; to be asked before it is inserted.
    private func confirmed(by facts: [UsageFact], in session: isolated Session) throws -> Set<UsageSubject> {
        let bySubject = Dictionary(grouping: facts, by: UsageSubject.init)
        let audits = bySubject.compactMapValues { $0.count == 1 && $0[0].standing == .audit ? $0[0] : nil }
        guard !audits.isEmpty else { return [] }
        let subjects = Array(audits.keys)
        let newest = try newestFacts(about: subjects, in: session)
        let open = try openIntervals(of: subjects, in: session)
        return Set(
            subjects.filter { subject in
                guard let audit = audits[subject], let newest = newest[subject], let open = open[subject] else {
                    return false
                }
                return audit.cutToMicrosecond.confirms(open, after: newest)
            })
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
