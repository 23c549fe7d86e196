import Telemetry

/// The attributes of a resource over time, from the moment it is billed; without regard to its end.
struct UsageSegments {
    struct Segment {
        let from: Instant
        var attributes: UsageAttributes
        var fact: UsageFact
    }

    /// Each begins where the one before it ends; neighbours differ.
    ///
    /// Never empty.
    private(set) var list: [Segment]

    /// Follows the facts that know the resource in use; what the first of them says also holds back to the opening.
    init(_ facts: [UsageFact], opening: UsageOpening) {
        let observations = facts.filter(\.isDescriptive).sorted(by: Self.precedes)
        let spare = Self.spare(in: facts)
        let first = observations.first?.attributes ?? opening.fact.attributes
        list = [Segment(from: opening.at, attributes: first.completed(from: spare), fact: opening.fact)]
        var lastSeen = opening.at
        for fact in observations where fact.standing != .audit || fact.isFresher(than: lastSeen) {
            let moment = Self.moment(of: fact, after: lastSeen)
            append(fact, at: max(moment.cutToSecond, list[list.count - 1].from))
            lastSeen = max(lastSeen, moment)
        }
    }

    private mutating func append(_ fact: UsageFact, at moment: Instant) {
        let last = list.count - 1
        let attributes = fact.attributes.completed(from: list[last].attributes)
        guard attributes != list[last].attributes else { return }
        guard moment == list[last].from else {
            list.append(Segment(from: moment, attributes: attributes, fact: fact))
            return
        }
        // Of two changes in one second the later one counts. It may undo the one before it.
        list[last].attributes = attributes
        if last > 0, list[last - 1].attributes == attributes {
            list.removeLast()
        } else if last > 0 {
            list[last].fact = fact
        }
    }

    /// When the attributes of a fact began to hold.
    ///
    /// An audit comes late: what it shows for the first time is dated by the service's own time of its last change,
    /// if that lies between the last observation and the audit, and otherwise by the audit itself.
    private static func moment(of fact: UsageFact, after lastSeen: Instant) -> Instant {
        guard fact.standing == .audit, let changed = fact.changed, changed > lastSeen, changed < fact.generated else {
            return fact.effective
        }
        return changed
    }

    private static func precedes(_ left: UsageFact, _ right: UsageFact) -> Bool {
        (left.effective, left.generated, left.messageID) < (right.effective, right.generated, right.messageID)
    }

    /// What is left to fill a gap with where no observation names an owner, a flavor or a size: the earliest fact that does.
    private static func spare(in facts: [UsageFact]) -> UsageAttributes {
        facts.reduce(UsageAttributes()) { spare, fact in spare.completed(from: fact.attributes) }
    }
}

extension UsageFact {
    /// Whether the attributes are those of the resource in use: made by one that knows them, after the start and not
    /// because of the end.
    fileprivate var isDescriptive: Bool {
        guard standing != .report, end == nil else { return false }
        switch start {
        case .stated, .presumed: return true
        case .pending, .denied, nil: return false
        }
    }

    /// Whether an audit may contradict an observation of that time.
    fileprivate func isFresher(than lastSeen: Instant) -> Bool {
        generated.wholeSeconds - lastSeen.wholeSeconds > Self.auditLagSeconds
    }

    /// How old an audit's picture may be when it sends it: it reads a host's or a cloud's resources in one go and then
    /// sends one notification after the other.
    private static let auditLagSeconds: Int64 = 60

    /// When the attributes began to hold: for an audit the time at which it looked.
    fileprivate var effective: Instant {
        guard standing != .audit, let changed, changed < generated else { return generated }
        return changed
    }
}
