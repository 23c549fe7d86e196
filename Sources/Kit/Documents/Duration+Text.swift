internal import Telemetry

extension Duration {
    /// Reads a duration with its units, largest first: `30s`, `5m`, `1h`, `1h30m`, `7d`, `250ms`, `10us`.
    ///
    /// Whole numbers only; a number without a unit, a repeated or rising unit and anything above 100 years give nil.
    package init?(text: some StringProtocol) {
        var rest = Substring(text)
        var total: Int64 = 0
        var previous = Int64.max
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let count = Int64(digits), let factor = Self.units.first(where: { $0.unit == unit })?.nanoseconds,
                factor < previous
            else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: factor)
            guard !overflow, part <= Self.longest - total else { return nil }
            total += part
            previous = factor
        } while !rest.isEmpty
        self = .nanoseconds(total)
    }

    /// The shortest exact spelling: `30s`, `1h30m`, `250ms`; parts below a nanosecond are cut.
    package var text: String {
        var rest = nanoseconds.magnitude
        guard rest > 0 else { return "0s" }
        var text = nanoseconds < 0 ? "-" : ""
        for (unit, factor) in Self.units where rest >= factor {
            text += "\(rest / UInt64(factor))\(unit)"
            rest %= UInt64(factor)
        }
        return text
    }

    private static let longest: Int64 = 100 * 365 * 86_400 * 1_000_000_000

    private static let units: [(unit: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]
}
