/// How the measures of one window become one number; Gnocchi's methods, `rate:` of each included.
package struct AggregationMethod: Hashable, Sendable {
    /// What is computed from the values of a window.
    package enum Statistic: Hashable, Sendable {
        case mean, min, max, sum, count, std, last, first, median
        /// A percentile from 1 to 99, interpolated linearly between the two nearest values.
        case percentile(Int)
    }

    package let statistic: Statistic
    /// Whether the statistic is taken of the differences between successive measures instead of the measures
    /// themselves.
    package let isRate: Bool

    /// A method of the given statistic.
    ///
    /// - Precondition: a percentile is from 1 to 99.
    package init(_ statistic: Statistic, isRate: Bool = false) {
        if case .percentile(let percent) = statistic {
            precondition(Self.percentiles.contains(percent), "a percentile is from 1 to 99")
        }
        self.statistic = statistic
        self.isRate = isRate
    }

    package static let mean = Self(.mean)
    package static let min = Self(.min)
    package static let max = Self(.max)
    package static let sum = Self(.sum)
    package static let count = Self(.count)
    package static let std = Self(.std)
    package static let last = Self(.last)
    package static let first = Self(.first)
    package static let median = Self(.median)

    package static func percentile(_ percent: Int) -> Self { Self(.percentile(percent)) }
    package static func rate(_ statistic: Statistic) -> Self { Self(statistic, isRate: true) }

    /// The percentiles that Gnocchi knows.
    package static let percentiles = 1...99

    /// Every method, in order: 9 statistics and 99 percentiles, then the rates of each.
    package static let all: [Self] = [false, true].flatMap { isRate in
        Statistic.named.map { Self($0.statistic, isRate: isRate) }
            + percentiles.map { Self(.percentile($0), isRate: isRate) }
    }
}

extension AggregationMethod.Statistic {
    /// The statistics with a name of their own; their position is their number on disk and must never change.
    static let named: [(name: String, statistic: Self)] = [
        ("mean", .mean), ("min", .min), ("max", .max), ("sum", .sum), ("count", .count), ("std", .std), ("last", .last),
        ("first", .first), ("median", .median),
    ]
}

extension AggregationMethod {
    /// The number of this method in stored segments: statistics from 0, percentiles from 100, rates 256 above.
    var code: UInt16 {
        let number: Int
        switch statistic {
        case .percentile(let percent): number = 100 + percent
        case let named: number = Statistic.named.firstIndex { $0.statistic == named } ?? 0
        }
        return UInt16(number) + (isRate ? 256 : 0)
    }

    init?(code: UInt16) {
        let isRate = code >= 256
        let number = Int(code) - (isRate ? 256 : 0)
        if Statistic.named.indices.contains(number) {
            self.init(Statistic.named[number].statistic, isRate: isRate)
        } else if Self.percentiles.contains(number - 100) {
            self.init(.percentile(number - 100), isRate: isRate)
        } else {
            return nil
        }
    }
}

extension AggregationMethod: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.code < right.code }
}

extension AggregationMethod: CustomStringConvertible, LosslessStringConvertible {
    /// Reads Gnocchi's spelling: `mean`, `95pct`, `rate:mean`.
    ///
    /// Nil for anything else.
    package init?(_ text: String) {
        let isRate = text.hasPrefix("rate:")
        let name = isRate ? String(text.dropFirst("rate:".count)) : text
        if let named = Statistic.named.first(where: { $0.name == name }) {
            self.init(named.statistic, isRate: isRate)
        } else if name.hasSuffix("pct"), let percent = Int(name.dropLast("pct".count)),
            Self.percentiles.contains(percent),
            name == "\(percent)pct"
        {
            self.init(.percentile(percent), isRate: isRate)
        } else {
            return nil
        }
    }

    package var description: String {
        let name =
            switch statistic {
            case .percentile(let percent): "\(percent)pct"
            case let named: Statistic.named.first { $0.statistic == named }?.name ?? ""
            }
        return isRate ? "rate:\(name)" : name
    }
}
