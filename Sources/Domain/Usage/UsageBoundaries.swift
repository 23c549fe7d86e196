import Telemetry

/// The moment from which a resource is billed, and the fact that tells it.
struct UsageOpening {
    let at: Instant
    let fact: UsageFact

    /// Nil for a resource that never came to be usable.
    ///
    /// The earliest stated start counts: Nova moves `launched_at` forward when a server is rebuilt, resized, unshelved
    /// or rescued, and the server was there all along. A start that is only presumed counts where none is stated and none
    /// denied; where the making was seen and its completion was not, only an audit's presumption counts. Of what nothing
    /// but audits tell, and only that it is gone, nothing is billed: a migration of Cinder leaves such rows behind.
    init?(_ facts: [UsageFact]) {
        let candidates = Self.candidates(in: facts)
        guard let first = candidates.map(\.at).min() else { return nil }
        let settled = first.settled(among: candidates.map(\.at))
        let tellers = candidates.filter { $0.at.isSameMoment(as: first) }.map(\.fact)
        // The end of a life names its start too, but is not its cause where anything else is.
        let causes = tellers.filter { $0.end == nil && $0.standing != .audit }
        guard let fact = causes.mostTelling ?? tellers.mostTelling else { return nil }
        self.at = settled
        self.fact = fact
    }

    private static func candidates(in facts: [UsageFact]) -> [(at: Instant, fact: UsageFact)] {
        let stated = facts.compactMap { fact -> (at: Instant, fact: UsageFact)? in
            guard case .stated(let at)? = fact.start else { return nil }
            return (at, fact)
        }
        guard stated.isEmpty, !facts.contains(where: { $0.start == .denied }) else { return stated }
        guard facts.contains(where: { $0.standing != .audit }) else { return [] }
        let isPending = facts.contains { $0.start == .pending }
        return facts.compactMap { fact in
            guard case .presumed(let at)? = fact.start, !isPending || fact.standing == .audit else { return nil }
            return (at, fact)
        }
    }
}

/// The moment up to which a resource is billed, and the fact that tells it.
struct UsageClosing {
    let at: Instant
    let fact: UsageFact

    /// Nil for a resource of which nothing says that it is gone.
    ///
    /// The service's own time wins over the time of the notification. Where a resource is known to be gone and nothing
    /// says since when, it is billed up to the last moment at which a fact knew it alive, and no further.
    init?(_ facts: [UsageFact], opening: UsageOpening) {
        let ended = facts.filter { $0.end != nil }
        let stated = ended.compactMap { fact -> Instant? in
            guard case .stated(let at)? = fact.end else { return nil }
            return at
        }
        let noticed = ended.compactMap { fact -> Instant? in
            guard case .noticed(let at)? = fact.end else { return nil }
            return at
        }
        guard let fact = ended.mostTelling else { return nil }
        self.fact = fact
        if let last = stated.max() {
            at = last.settled(among: stated)
        } else if let first = noticed.min() {
            at = first.cutToSecond
        } else {
            let alive = facts.filter { $0.end == nil }.map(\.generated).max() ?? opening.at
            at = max(opening.at, alive.cutToSecond)
        }
    }
}

extension Instant {
    /// Two tellings of one moment may differ by the fraction that a database cut or rounded away.
    fileprivate func isSameMoment(as other: Instant) -> Bool {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return !overflow && difference.magnitude < 1_000_000_000
    }

    /// The moment as the service's database keeps it: a telling without a fraction where there is one, for it was read
    /// from there (MySQL rounds, MariaDB cuts), otherwise cut to the second.
    fileprivate func settled(among others: [Instant]) -> Instant {
        others.filter { $0.isWholeSecond && $0.isSameMoment(as: self) }.min() ?? cutToSecond
    }
}

extension [UsageFact] {
    /// The fact to be named as the cause of a boundary that all of these tell: rather a life-cycle event than an audit,
    /// rather the event of that name than another, and then the earliest.
    fileprivate var mostTelling: UsageFact? {
        self.min { left, right in
            (left.rank, left.generated, left.messageID) < (right.rank, right.generated, right.messageID)
        }
    }
}

extension UsageFact {
    fileprivate var rank: Int {
        switch standing {
        case .audit: 3
        case _ where isLandmark: 0
        case .observation: 1
        case .report: 2
        }
    }
}
