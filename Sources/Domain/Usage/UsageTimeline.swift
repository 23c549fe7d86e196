import Telemetry

/// The life of one resource, derived from all facts about it.
///
/// A pure function of the *set* of facts: neither their order nor repetition matters. The rules are those of
/// `docs/specs/usage.md`: billed from the first start that the service states to the end that it states, cut into
/// intervals wherever an observed attribute changes.
package struct UsageTimeline: Sendable {
    package let intervals: [UsageInterval]

    /// Derives the intervals of one resource.
    ///
    /// - Parameter facts: Facts about one resource, in any order, possibly repeated. Facts with one message id are one
    ///   fact; that no two different ones share an id is seen to where messages are admitted.
    package init(_ facts: [UsageFact]) {
        let facts = Self.toldOnce(Self.distinct(facts))
        guard let opening = UsageOpening(facts) else {
            intervals = []
            return
        }
        let closing = UsageClosing(facts, opening: opening)
        let segments = UsageSegments(facts, opening: opening)
        intervals = Self.intervals(of: segments.list, opening: opening, closing: closing)
    }

    private static func distinct(_ facts: [UsageFact]) -> [UsageFact] {
        var seen: Set<MessageID> = []
        return facts.sorted(by: UsageFact.precedes).filter { seen.insert($0.messageID).inserted }
    }

    /// The facts without the versioned notifications of what unversioned ones tell.
    ///
    /// With `notification_format = both` Nova sends each fact in both forms, half a second apart, and reading both would
    /// make a server seem to go back to a state that it has just left. A versioned one counts where no unversioned
    /// one was made about then or on both sides of it: the format may have been changed during a server's life.
    private static func toldOnce(_ facts: [UsageFact]) -> [UsageFact] {
        let unversioned = facts.lazy.filter { !$0.isVersioned }.map(\.generated)
        guard let first = unversioned.min(), let last = unversioned.max() else { return facts }
        let told = first - Self.formsApart...last + Self.formsApart
        return facts.filter { !$0.isVersioned || !told.contains($0.generated) }
    }

    /// Far more than lies between the two forms of one fact.
    private static let formsApart = Duration.seconds(60)

    private static func intervals(
        of segments: [UsageSegments.Segment], opening: UsageOpening, closing: UsageClosing?
    ) -> [UsageInterval] {
        var intervals: [UsageInterval] = []
        for (index, segment) in segments.enumerated() {
            let next = index + 1 < segments.count ? segments[index + 1] : nil
            let end = [next?.from, closing?.at].compactMap { $0 }.min()
            if let end, end <= segment.from { break }
            let isLast = next.map { following in closing.map { $0.at <= following.from } ?? false } ?? true
            intervals.append(
                UsageInterval(
                    resourceType: opening.fact.resourceType, resourceID: opening.fact.resourceID, from: segment.from,
                    to: end, attributes: segment.attributes, openedBy: segment.fact.messageID,
                    closedBy: isLast ? closing?.fact.messageID : next?.fact.messageID,
                    isAudited: segment.fact.standing == .audit
                        || (isLast ? closing?.fact : next?.fact)?.standing == .audit))
            if isLast { break }
        }
        return intervals
    }
}

extension UsageFact {
    /// Whether Nova told it in a versioned notification, such as `instance.create.end`.
    fileprivate var isVersioned: Bool { resourceType == .instance && eventType.hasPrefix("instance.") }
}
