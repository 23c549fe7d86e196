package import JSON

/// A change of an alarm's status, or its repetition, with the reason in Aodh's form.
package struct AlarmTransition: Hashable, Sendable {
    package let previous: AlarmStatus
    package let current: AlarmStatus
    /// How many periods decided.
    package let count: Int
    /// The value of the newest period; nil where there is none.
    package let mostRecent: Double?

    init(previous: AlarmStatus, current: AlarmStatus, count: Int, mostRecent: Double?) {
        self.previous = previous
        self.current = current
        self.count = count
        self.mostRecent = mostRecent
    }

    /// Whether the status stays as it was and is only told again.
    package var isRepetition: Bool { previous == current }

    /// The sentence that Aodh's evaluator gives for the same case.
    package var reason: String {
        guard current != .insufficientData else { return "\(count) datapoints are unknown" }
        let change = isRepetition ? "Remaining as" : "Transition to"
        return "\(change) \(current.rawValue) due to \(count) samples \(disposition) threshold, most recent: "
            + (mostRecent.map { "\($0)" } ?? "None")
    }

    /// Aodh's `reason_data` of a threshold alarm.
    package var reasonData: JSONValue {
        [
            "type": "threshold", "disposition": .string(disposition), "count": .int(Int64(count)),
            "most_recent": mostRecent.map { .double($0) } ?? .null,
        ]
    }

    private var disposition: String {
        switch current {
        case .ok: "inside"
        case .alarm: "outside"
        case .insufficientData: "unknown"
        }
    }
}
