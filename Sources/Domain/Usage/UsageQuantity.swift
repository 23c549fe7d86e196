/// An exact amount of usage: a fraction whose numerator counts the smallest units, such as byte-seconds.
///
/// Sums stay exact; a decimal is made of it once, at the end.
package struct UsageQuantity: Hashable, Sendable {
    package let numerator: Int128
    /// Positive.
    package let denominator: Int128

    package init(numerator: Int128, denominator: Int128) {
        precondition(denominator > 0, "a quantity needs a positive denominator")
        self.numerator = numerator
        self.denominator = denominator
    }

    /// A number of whole units: bytes, requests.
    package init(_ units: Int64) {
        self.init(numerator: Int128(units), denominator: 1)
    }

    /// The sum of two quantities of one meter, which share their denominator.
    package static func + (left: UsageQuantity, right: UsageQuantity) -> UsageQuantity {
        precondition(left.denominator == right.denominator, "quantities of different meters do not add up")
        return UsageQuantity(numerator: left.numerator + right.numerator, denominator: left.denominator)
    }

    /// The digits after the point that `text` gives: a second of an hour is then off by less than two microseconds.
    package static let fractionDigits = 9

    /// The quantity as a decimal, rounded half to even at its ninth digit after the point; closing zeros are left out.
    package var text: String {
        let scale: Int128 = 1_000_000_000
        let sign: Int128 = numerator < 0 ? -1 : 1
        let (whole, rest) = (numerator * sign).quotientAndRemainder(dividingBy: denominator)
        let (digits, remainder) = (rest * scale).quotientAndRemainder(dividingBy: denominator)
        let twice = remainder * 2
        let isUp = twice > denominator || (twice == denominator && digits % 2 != 0)
        let fraction = digits + (isUp ? 1 : 0)
        let units = whole + fraction / scale
        let text = String(fraction % scale)
        let padded = String(repeating: "0", count: Self.fractionDigits - text.utf8.count) + text
        let trimmed = String(padded.reversed().drop { $0 == "0" }.reversed())
        let prefix = sign < 0 && (units > 0 || !trimmed.isEmpty) ? "-" : ""
        return prefix + String(units) + (trimmed.isEmpty ? "" : "." + trimmed)
    }
}
