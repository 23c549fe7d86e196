/// The values of numbers whose grammar has been checked.
enum JSONNumber {
    /// So many digits before the point are always within `Double`'s range.
    static let safeDigitCount = 308
    /// So many decimal digits are always an integer below 2^53, and so exact as a `Double`.
    private static let exactDigitCount = 15
    /// The powers of ten that are exact as a `Double`.
    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The integer, where it fits; the text has neither fraction nor exponent.
    static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - 0x30)
            // Summed downwards, because the lowest number has no positive counterpart.
            let (sum, carry) = scaled.subtractingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The nearest `Double`; infinite where the number is out of range.
    static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double {
        if let exact = exactDouble(text) { return exact }
        // The standard library's reader rounds correctly; it returns nil only for what the grammar excludes.
        guard let value = Double(String(decoding: text, as: UTF8.self)) else {
            preconditionFailure("a number that passed the scanner")
        }
        return value
    }

    /// The value where digits and power of ten are both exact, so that one multiplication or division rounds once
    /// (Clinger 1990); nil for the rest.
    private static func exactDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        let isNegative = text.first == UInt8(ascii: "-")
        var digits: Int64 = 0
        var digitCount = 0
        var scale = 0
        var isFraction = false
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: ".") {
                isFraction = true
                continue
            }
            guard byte &- 0x30 < 10 else { return nil }
            digits = digits * 10 + Int64(byte - 0x30)
            digitCount += 1
            if isFraction { scale += 1 }
            guard digitCount <= exactDigitCount else { return nil }
        }
        let value = Double(digits) / exactPowers[scale]
        return isNegative ? -value : value
    }
}
