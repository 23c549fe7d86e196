package import Telemetry

/// One reading as an alarm sees it.
package struct AlarmMeasure: Hashable, Sendable {
    package let timestamp: Instant
    package let value: Double

    package init(timestamp: Instant, value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

/// The measures of one period, folded; any order of them gives the same.
struct AlarmWindow: Hashable, Sendable {
    let start: Instant
    private(set) var count = 0
    private(set) var sum = 0.0
    private(set) var min = Double.infinity
    private(set) var max = -Double.infinity
    private(set) var last: AlarmMeasure

    init(start: Instant, first: AlarmMeasure) {
        self.start = start
        self.last = first
        add(first)
    }

    /// A window as it was stored; nil where the numbers can't be those of one.
    init?(start: Instant, count: Int, sum: Double, min: Double, max: Double, last: AlarmMeasure) {
        guard count > 0, min <= max else { return nil }
        self.start = start
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.last = last
    }

    mutating func add(_ measure: AlarmMeasure) {
        count += 1
        sum += measure.value
        min = Swift.min(min, measure.value)
        max = Swift.max(max, measure.value)
        if measure.timestamp >= last.timestamp { last = measure }
    }

    func value(_ method: AlarmMethod) -> Double {
        switch method {
        case .mean, .rateMean: sum / Double(count)
        case .min: min
        case .max: max
        case .sum: sum
        case .count: Double(count)
        case .last: last.value
        }
    }
}
