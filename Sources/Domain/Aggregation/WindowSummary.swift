/// The statistics of the values of one window.
struct WindowSummary {
    private let values: ArraySlice<Double>
    private let ordered: [Double]
    private let sum: Double
    private let least: Double
    private let greatest: Double

    /// Reads the values once; `ordered` says that medians or percentiles will be asked for, which need them sorted.
    init(_ values: ArraySlice<Double>, ordered: Bool) {
        self.values = values
        var sum = CompensatedSum()
        var least = values.first ?? 0
        var greatest = least
        for value in values {
            sum.add(value)
            least = Swift.min(least, value)
            greatest = Swift.max(greatest, value)
        }
        self.sum = sum.value
        self.least = least
        self.greatest = greatest
        self.ordered = ordered ? values.sorted() : []
    }

    /// The statistic, or nil where the window has too few values for it.
    func value(of statistic: AggregationMethod.Statistic) -> Double? {
        guard let first = values.first, let last = values.last else { return nil }
        return switch statistic {
        case .mean: mean
        case .min: least
        case .max: greatest
        case .sum: sum
        case .count: Double(values.count)
        case .std: deviation
        case .last: last
        case .first: first
        case .median: percentile(50)
        case .percentile(let percent): percentile(percent)
        }
    }

    private var mean: Double { sum / Double(values.count) }

    /// The standard deviation of a sample, in two passes so that a large mean doesn't cost digits; nil for a single
    /// value.
    private var deviation: Double? {
        guard values.count > 1 else { return nil }
        let mean = mean
        var squares = CompensatedSum()
        for value in values {
            let distance = value - mean
            squares.add(distance * distance)
        }
        return (squares.value / Double(values.count - 1)).squareRoot()
    }

    /// The value at `percent`/100 of the way from the first to the last in order, interpolated linearly.
    private func percentile(_ percent: Int) -> Double {
        let (lower, remainder) = (percent * (ordered.count - 1)).quotientAndRemainder(dividingBy: 100)
        guard remainder > 0 else { return ordered[lower] }
        let fraction = Double(remainder) / 100
        return ordered[lower] * (1 - fraction) + ordered[lower + 1] * fraction
    }
}

extension AggregationMethod.Statistic {
    /// Whether the values must be sorted.
    var needsOrder: Bool {
        switch self {
        case .median, .percentile: true
        case .mean, .min, .max, .sum, .count, .std, .last, .first: false
        }
    }
}

/// A sum that carries its rounding error along (Neumaier's variant of Kahan's sum), so that long windows keep all
/// digits.
struct CompensatedSum {
    private var total = 0.0
    private var error = 0.0

    /// The sum; where it overflows, what plain addition gives.
    var value: Double { total.isFinite ? total + error : total }

    mutating func add(_ value: Double) {
        let next = total + value
        error += abs(total) >= abs(value) ? (total - next) + value : (value - next) + total
        total = next
    }
}
