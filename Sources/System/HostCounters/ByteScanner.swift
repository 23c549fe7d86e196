/// A reading position in the bytes of one file.
///
/// Every operation stays within its bounds and answers nil where the bytes are not what was asked for; a scanner that
/// answered nil has no defined position. It shares the array of its file, so that sub-scanners copy no bytes.
struct ByteScanner {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], count: Int) {
        self.init(bytes, from: 0, to: min(count, bytes.count))
    }

    private init(_ bytes: [UInt8], from position: Int, to end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    var isAtEnd: Bool { position >= end }
    var count: Int { end - position }
    var lastByte: UInt8? { end > position ? bytes[end - 1] : nil }

    /// The next line without its newline; nil at the end.
    mutating func line() -> ByteScanner? {
        guard !isAtEnd else { return nil }
        let start = position
        while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        let line = ByteScanner(bytes, from: start, to: position)
        position = min(position + 1, end)
        return line
    }

    /// The next run of bytes that are not blanks; nil where there is none left.
    mutating func word() -> ByteScanner? {
        skipBlanks()
        let start = position
        while position < end, !Self.isBlank(bytes[position]) { position += 1 }
        return position > start ? ByteScanner(bytes, from: start, to: position) : nil
    }

    /// What comes before the last occurrence of a byte in the rest; the position moves behind that byte.
    mutating func prefix(beforeLast byte: UInt8) -> ByteScanner? {
        var index = end
        while index > position {
            index -= 1
            guard bytes[index] == byte else { continue }
            let prefix = ByteScanner(bytes, from: position, to: index)
            position = index + 1
            return prefix
        }
        return nil
    }

    /// Whether the rest starts with this text; the position moves behind it if so.
    mutating func skip(_ literal: StaticString) -> Bool {
        literal.withUTF8Buffer { text in
            guard end - position >= text.count else { return false }
            for index in 0..<text.count where bytes[position + index] != text[index] { return false }
            position += text.count
            return true
        }
    }

    mutating func skipBlanks() {
        while position < end, Self.isBlank(bytes[position]) { position += 1 }
    }

    /// The next whole number, which a blank or the end must follow; nil for anything else and beyond 64 bits.
    mutating func unsigned() -> UInt64? {
        skipBlanks()
        guard let value = digits()?.value, isAtWordEnd else { return nil }
        return value
    }

    /// The next whole number with an optional minus sign.
    mutating func signed() -> Int64? {
        skipBlanks()
        let isNegative = skip("-")
        guard let magnitude = digits()?.value, isAtWordEnd, let value = Int64(exactly: magnitude) else { return nil }
        return isNegative ? -value : value
    }

    /// The next number with an optional fraction, as the kernel writes load averages and percentages.
    mutating func decimal() -> Double? {
        skipBlanks()
        guard let whole = digits()?.value else { return nil }
        guard skip(".") else { return isAtWordEnd ? Double(whole) : nil }
        guard let fraction = digits(), isAtWordEnd else { return nil }
        var scale = 1.0
        for _ in 0..<fraction.count { scale *= 10 }
        return Double(whole) + Double(fraction.value) / scale
    }

    /// The rest as text; nil where it is not UTF-8 or holds control characters.
    func text() -> String? {
        let slice = bytes[position..<max(position, end)]
        for byte in slice where byte < 0x20 || byte == 0x7f { return nil }
        return String(validating: slice, as: UTF8.self)
    }

    /// The rest without blanks around it.
    func trimmed() -> ByteScanner {
        var start = position
        var stop = end
        while start < stop, Self.isBlank(bytes[start]) { start += 1 }
        while stop > start, Self.isBlank(bytes[stop - 1]) { stop -= 1 }
        return ByteScanner(bytes, from: start, to: stop)
    }

    private var isAtWordEnd: Bool { position >= end || Self.isBlank(bytes[position]) }

    private mutating func digits() -> (value: UInt64, count: Int)? {
        let start = position
        var value: UInt64 = 0
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            let (product, overflowedProduct) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedSum) = product.addingReportingOverflow(UInt64(digit))
            guard !overflowedProduct, !overflowedSum else { return nil }
            value = sum
            position += 1
        }
        return position > start ? (value, position - start) : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (byte >= 0x09 && byte <= 0x0d)
    }
}
