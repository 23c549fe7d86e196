import Telemetry

extension UsageFact {
    /// Whether this audit, added to the facts about a resource, leaves the derived intervals as they are.
    ///
    /// True only where that follows from the two that are given, for then the facts need not be read; false says nothing. The resource
    /// lives, so no fact tells an end. An audit before this one, the newest fact of all, tells the very same start: the
    /// opening can't move, and an earlier audit is named before a later one. And what this one shows is what the last
    /// interval has: no interval begins, and no gap is left that it could fill.
    ///
    /// - Parameters:
    ///   - interval: the interval without an end that is derived from the facts so far.
    ///   - newest: the newest of these facts.
    package func confirms(_ interval: UsageInterval, after newest: UsageFact) -> Bool {
        guard standing == .audit, newest.standing == .audit, end == nil, newest.end == nil, interval.to == nil,
            generated > newest.generated, start == newest.start
        else { return false }
        switch start {
        case .stated, .presumed: return attributes.completed(from: interval.attributes) == interval.attributes
        case .pending, .denied, nil: return false
        }
    }
}
