package import Usage

/// A decimal number with twelve digits after the point, exact; the only kind of number in which money is counted.
///
/// An `Int128` of 10⁻¹² parts reaches ±1.7 × 10²⁶. What does not fit is an error, never a wrapped or a rounded value.
package struct ExactDecimal: Hashable, Sendable {
    /// The value in parts of 10⁻¹².
    package let parts: Int128

    /// How many digits after the point are kept.
    package static let fractionDigits = 12
    package static let zero = ExactDecimal(parts: 0)
    package static let one = ExactDecimal(parts: partsPerUnit)

    static let partsPerUnit: Int128 = 1_000_000_000_000

    package init(parts: Int128) {
        self.parts = parts
    }

    /// Reads `0`, `12`, `-3.25`: digits, optionally a sign before and a point with one to twelve digits after them.
    ///
    /// Nil for anything else, exponents included, and for what does not fit: a price is written out or refused.
    package init?(_ text: String) {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if isNegative { digits.removeFirst() }
        let halves = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, Self.isNumber(whole), whole.utf8.count <= 26 else { return nil }
        let fraction = halves.count == 2 ? halves[1] : "0"
        guard Self.isNumber(fraction), fraction.utf8.count <= Self.fractionDigits,
            let units = Int128(whole),
            let parts = Int128(fraction + String(repeating: "0", count: Self.fractionDigits - fraction.utf8.count))
        else { return nil }
        let (scaled, isTooBig) = units.multipliedReportingOverflow(by: Self.partsPerUnit)
        let (total, isOver) = scaled.addingReportingOverflow(parts)
        guard !isTooBig, !isOver else { return nil }
        self.parts = isNegative ? -total : total
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// How many digits after the point the value needs.
    package var significantFractionDigits: Int {
        var digits = Self.fractionDigits
        var rest = parts
        while digits > 0, rest % 10 == 0 {
            rest /= 10
            digits -= 1
        }
        return digits
    }

    package func adding(_ other: ExactDecimal) throws(PricingError) -> ExactDecimal {
        let (sum, isOver) = parts.addingReportingOverflow(other.parts)
        guard !isOver else { throw .overflow("\(text) + \(other.text)") }
        return ExactDecimal(parts: sum)
    }

    /// The product of two decimals; an error if it needs more than twelve digits after the point.
    package func multiplied(by other: ExactDecimal) throws(PricingError) -> ExactDecimal {
        let (product, isOver) = parts.multipliedReportingOverflow(by: other.parts)
        guard !isOver else { throw .overflow("\(text) × \(other.text)") }
        guard product % Self.partsPerUnit == 0 else { throw .inexact("\(text) × \(other.text)") }
        return ExactDecimal(parts: product / Self.partsPerUnit)
    }

    /// The price of a quantity at this unit price, rounded half to even to so many digits after the point.
    ///
    /// The product is formed in 256 bits and divided once, so that this rounding is the only one.
    package func amount(of quantity: UsageQuantity, digits: Int) throws(PricingError) -> ExactDecimal {
        precondition((0...Self.fractionDigits).contains(digits), "an amount has 0 to \(Self.fractionDigits) digits")
        let step = Self.powersOfTen[Self.fractionDigits - digits]
        let divisor = UInt128(quantity.denominator) * UInt128(step)
        let product = parts.magnitude.multipliedFullWidth(by: quantity.numerator.magnitude)
        guard product.high < divisor else { throw .overflow("\(text) × \(quantity.text)") }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        let half = divisor - remainder
        let isUp = remainder > half || (remainder == half && quotient % 2 == 1)
        let (rounded, isOver) = quotient.addingReportingOverflow(isUp ? 1 : 0)
        guard !isOver, let steps = Int128(exactly: rounded) else { throw .overflow("\(text) × \(quantity.text)") }
        let (parts, isTooBig) = steps.multipliedReportingOverflow(by: step)
        guard !isTooBig else { throw .overflow("\(text) × \(quantity.text)") }
        let isNegative = (self.parts < 0) != (quantity.numerator < 0)
        return ExactDecimal(parts: isNegative ? -parts : parts)
    }

    private static let powersOfTen: [Int128] = (0...fractionDigits).map { exponent in
        (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
    }
}

extension ExactDecimal {
    /// The shortest text that reads back as this value.
    package var text: String { formatted(minimumDigits: 0) }

    /// The value with at least so many digits after the point, and more only where they are not zero.
    package func formatted(minimumDigits: Int) -> String {
        let (whole, fraction) = parts.magnitude.quotientAndRemainder(dividingBy: UInt128(Self.partsPerUnit))
        let digits = String(fraction)
        let padded = String(repeating: "0", count: Self.fractionDigits - digits.utf8.count) + digits
        let shown = padded.prefix(max(minimumDigits, significantFractionDigits))
        return (parts < 0 ? "-" : "") + String(whole) + (shown.isEmpty ? "" : "." + shown)
    }
}

extension ExactDecimal: Comparable, CustomStringConvertible {
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool { left.parts < right.parts }
    package var description: String { text }
}
