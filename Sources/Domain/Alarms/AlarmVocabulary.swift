/// What is known of an alarm, in Aodh's words.
package enum AlarmStatus: String, Hashable, Sendable, CaseIterable {
    case ok
    case alarm
    case insufficientData = "insufficient data"
}

/// How much an alarm matters, in Aodh's words.
package enum AlarmSeverity: String, Hashable, Sendable, CaseIterable {
    case low
    case moderate
    case critical
}

/// How a period's value is compared with the threshold, in Aodh's words: the value stands on the left.
package enum AlarmComparison: String, Hashable, Sendable, CaseIterable {
    case less = "lt"
    case lessOrEqual = "le"
    case equal = "eq"
    case notEqual = "ne"
    case greaterOrEqual = "ge"
    case greater = "gt"

    package func holds(_ value: Double, _ threshold: Double) -> Bool {
        switch self {
        case .less: value < threshold
        case .lessOrEqual: value <= threshold
        case .equal: value == threshold
        case .notEqual: value != threshold
        case .greaterOrEqual: value >= threshold
        case .greater: value > threshold
        }
    }
}

/// What the measures of one period become, in Gnocchi's words.
package enum AlarmMethod: String, Hashable, Sendable, CaseIterable {
    case mean
    case min
    case max
    case sum
    case count
    case last
    /// The mean of the differences between successive measures, not divided by time.
    case rateMean = "rate:mean"

    var isRate: Bool { self == .rateMean }
}
