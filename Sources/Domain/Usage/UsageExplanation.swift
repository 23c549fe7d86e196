import Telemetry

/// Why a resource is billed as it is: each interval with the facts behind it.
package struct UsageExplanation: Sendable {
    package let chapters: [Chapter]
    /// Facts that lie outside of every interval: of the time before the start and after the end.
    package let others: [UsageFact]

    /// One interval and what led to it.
    package struct Chapter: Sendable {
        package let interval: UsageInterval
        package let opening: UsageFact?
        /// Nil while the resource lives on.
        package let closing: UsageFact?
        /// The other facts of that time, which changed nothing, in their order.
        package let confirmations: [UsageFact]
    }

    /// Explains the intervals of one resource by its facts; both as they were recorded.
    package init(intervals: [UsageInterval], facts: [UsageFact]) {
        let known = Dictionary(facts.map { ($0.messageID, $0) }, uniquingKeysWith: { first, _ in first })
        let causes = Set(intervals.flatMap { [$0.openedBy, $0.closedBy].compactMap { $0 } })
        let rest = known.values.filter { !causes.contains($0.messageID) }.sorted(by: UsageFact.precedes)
        chapters = intervals.map { interval in
            Chapter(
                interval: interval, opening: known[interval.openedBy], closing: interval.closedBy.flatMap { known[$0] },
                confirmations: rest.filter { interval.contains($0.generated) })
        }
        others = rest.filter { fact in !intervals.contains { $0.contains(fact.generated) } }
    }
}

extension UsageInterval {
    fileprivate func contains(_ instant: Instant) -> Bool {
        instant >= from && to.map { instant < $0 } ?? true
    }
}
