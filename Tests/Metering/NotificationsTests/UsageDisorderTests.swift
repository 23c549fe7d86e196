import Telemetry
import TestKit
import Testing
import Usage

@testable import Notifications

/// The recorded hour once more, as a troubled bus would deliver it.
@Suite struct UsageDisorderTests {
    private let facts: [UsageFact]
    private let ledger: UsageLedger

    init() throws {
        facts = try UsageTrace.open.get().facts
        ledger = UsageLedger(facts)
    }

    @Test("a shuffled trace with every seventh message doubled gives the same intervals", arguments: [1, 2, 3, 4, 5])
    func shuffledAndDoubled(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let doubled = facts.enumerated().flatMap { $0.offset % 7 == 6 ? [$0.element, $0.element] : [$0.element] }
        #expect(UsageLedger(doubled.shuffled(using: &random)).intervals == ledger.intervals, "seed \(seed)")
    }

    @Test("losing one message in a hundred that an audit repeats changes no life and no GiB-second", arguments: 1...20)
    func lossyAndShuffled(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let audited = Set(facts.filter { $0.standing == .audit }.map(\.resourceID))
        var dropped: [UsageFact] = []
        let kept = facts.filter { fact in
            guard audited.contains(fact.resourceID), fact.isRepeatedByAudits,
                Int.random(in: 0..<100, using: &random) == 0
            else { return true }
            dropped.append(fact)
            return false
        }
        #expect(!dropped.isEmpty)
        let repaired = UsageLedger(kept.shuffled(using: &random))
        for (key, intervals) in ledger.intervals {
            let again = repaired.intervals[key] ?? []
            let note: Comment =
                "seed \(seed), \(key), dropped \(dropped.filter { $0.resourceID == key.id }.map(\.eventType))"
            #expect(again.first?.from == intervals.first?.from && again.last?.to == intervals.last?.to, note)
            #expect(again.isUnbroken, note)
            if key.type != .instance { #expect(again.byteSeconds == intervals.byteSeconds, note) }
        }
    }

    @Test("a server of which only audits arrived is billed all the same, and marked")
    func auditsAlone() {
        let audits = UsageLedger(facts.filter { $0.resourceType == .instance && $0.standing == .audit })
        var repaired = 0
        for (key, intervals) in audits.intervals {
            guard let first = intervals.first, let whole = ledger.intervals[key] else { continue }
            #expect(first.isAudited)
            #expect(intervals.last?.to == whole.last?.to, "\(key)")
            repaired += 1
        }
        #expect(repaired > 30)
    }
}

extension UsageFact {
    /// Whether an audit tells again what this message tells: that a resource was made or deleted, or that it is there.
    ///
    /// A changed size, type or owner is not among it: an audit shows the change, but not when it was made.
    fileprivate var isRepeatedByAudits: Bool {
        switch resourceType {
        case .instance: standing != .audit
        case .volume, .snapshot, .backup:
            standing != .audit && (eventType.contains(".create.") || eventType.contains(".delete."))
        case .floatingIP, .port, .router, .network: eventType.hasSuffix(".create.end")
        default: false
        }
    }
}

extension [UsageInterval] {
    fileprivate var byteSeconds: Int128 {
        reduce(0) { sum, interval in
            let end = interval.to ?? Instant(seconds: 2_000_000_000)
            return sum + Int128(end.wholeSeconds - interval.from.wholeSeconds)
                * Int128(interval.attributes.sizeBytes ?? 1)
        }
    }
}
