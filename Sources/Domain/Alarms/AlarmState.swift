package import Telemetry

/// What a rule knows of one meter of one resource: a pure value that is moved on by measures and by silence.
///
/// The status follows Aodh's evaluator: the newest `evaluationPeriods` periods that have a value, of one period more in time, must
/// all agree. All beyond the threshold is *alarm*, none is *ok*, mixed leaves the status as it is (and where nothing was known,
/// the newest period decides), and too few are *insufficient data*. The period that is still running counts: it is compared
/// as soon as its first measure is there.
package struct AlarmState: Hashable, Sendable {
    package internal(set) var status = AlarmStatus.insufficientData
    /// By start, oldest first.
    var windows: [AlarmWindow] = []
    /// The newest measure as it came, for rates.
    var newest: AlarmMeasure?
    /// What the windows were folded by; where the rule has changed since, they are of no use.
    var folding: Folding?

    struct Folding: Hashable, Sendable {
        let granularity: Duration
        let method: AlarmMethod
    }

    /// Periods before the ones that decide, in which a value may be missing: Aodh looks back by one.
    static let lookBack = 1

    package init() {}

    /// An alarm of which the status alone is known.
    package init(status: AlarmStatus) {
        self.status = status
    }

    /// Takes one measure.
    ///
    /// Measures may come late; one that is older than all periods that matter changes nothing.
    ///
    /// - Returns: what is to be recorded and told, if anything.
    package mutating func step(_ measure: AlarmMeasure, kind: MeterKind, rule: AlarmRule) -> AlarmTransition? {
        adopt(rule)
        guard measure.value.isFinite, let value = folded(measure, kind: kind, rule: rule), value.isFinite else { return nil }
        let latest = windows.last?.start
        let start = measure.timestamp.floor(to: rule.granularity)
        let oldest = Swift.max(latest ?? start, start) - rule.granularity * (rule.evaluationPeriods - 1 + Self.lookBack)
        guard start >= oldest else { return nil }
        fold(AlarmMeasure(timestamp: measure.timestamp, value: value), into: start)
        windows.removeAll { $0.start < oldest }
        let opensPeriod = latest.map { start > $0 } ?? true
        return evaluate(rule, mayRepeat: opensPeriod && rule.repeatsActions)
    }

    /// When the status becomes unknown unless a measure comes; nil where it is.
    ///
    /// Two periods after the start of the newest: one may be missing.
    package func silenceDeadline(_ rule: AlarmRule) -> Instant? {
        guard status != .insufficientData, let newest = windows.last else { return nil }
        return newest.start + rule.granularity * (1 + Self.lookBack)
    }

    /// Takes note that the deadline has passed without a measure.
    package mutating func fallSilent() -> AlarmTransition? {
        guard status != .insufficientData else { return nil }
        windows = []
        return move(to: .insufficientData, count: 0, mostRecent: nil)
    }

    private mutating func adopt(_ rule: AlarmRule) {
        let folding = Folding(granularity: rule.granularity, method: rule.method)
        guard self.folding != folding else { return }
        self.folding = folding
        windows = []
    }

    /// The value to fold: the measure's own, or its difference to the one before for a rate.
    private mutating func folded(_ measure: AlarmMeasure, kind: MeterKind, rule: AlarmRule) -> Double? {
        guard rule.method.isRate, kind != .delta else { return measure.value }
        guard let before = newest else {
            newest = measure
            return nil
        }
        // A late measure would need the two around it, of which one is gone.
        guard measure.timestamp > before.timestamp else { return nil }
        newest = measure
        // A cumulative meter that falls was restarted at zero.
        let isRestart = kind == .cumulative && measure.value < before.value
        return isRestart ? measure.value : measure.value - before.value
    }

    private mutating func fold(_ measure: AlarmMeasure, into start: Instant) {
        if let index = windows.firstIndex(where: { $0.start == start }) {
            windows[index].add(measure)
        } else {
            let index = windows.firstIndex { $0.start > start } ?? windows.endIndex
            windows.insert(AlarmWindow(start: start, first: measure), at: index)
        }
    }

    private mutating func evaluate(_ rule: AlarmRule, mayRepeat: Bool) -> AlarmTransition? {
        let values = windows.suffix(rule.evaluationPeriods).map { $0.value(rule.method) }
        guard values.count == rule.evaluationPeriods else {
            guard status != .insufficientData else { return nil }
            return move(to: .insufficientData, count: values.count, mostRecent: values.last)
        }
        let held = values.map { rule.comparison.holds($0, rule.threshold) }
        let isUnequivocal = Set(held).count == 1
        var next = status
        if isUnequivocal || status == .insufficientData { next = held.last == true ? .alarm : .ok }
        guard next != status || mayRepeat else { return nil }
        return move(to: next, count: values.count, mostRecent: values.last)
    }

    private mutating func move(to next: AlarmStatus, count: Int, mostRecent: Double?) -> AlarmTransition {
        defer { status = next }
        return AlarmTransition(previous: status, current: next, count: count, mostRecent: mostRecent)
    }
}
