/// An exact decimal number as text, SQL's `numeric`: `-12.50`.
///
/// The zeros after the point are kept, as the server keeps them.
package struct Numeric: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Digits with at most one point among, before or after them, a minus before them where they are negative; or
    /// `NaN`.
    ///
    /// At most 1,000 characters.
    package init?(_ text: String) {
        guard text == "NaN" || Self.isDecimal(text) else { return nil }
        self.text = text
    }

    package init(_ value: Int64) { text = String(value) }

    private init(unchecked text: String) { self.text = text }

    package var description: String { text }

    private static func isDecimal(_ text: String) -> Bool {
        let parts = text.utf8.drop { $0 == UInt8(ascii: "-") }.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard text.utf8.count <= lengthLimit, !text.hasPrefix("--"), parts.contains(where: { !$0.isEmpty }) else {
            return false
        }
        return parts.allSatisfy { $0.allSatisfy { (48...57).contains($0) } }
    }

    /// No quantity or price comes near; the server's own limit is 131,072 digits before the point.
    private static let lengthLimit = 1_000

    // The binary format is: number of groups, weight of the first group, sign, digits after the point; then the groups, each
    // four decimal digits as 16 bits. A weight of 0 says that the first group stands right before the point.
    private static let groupDigits = 4
    private static let positive: UInt16 = 0x0000
    private static let negative: UInt16 = 0x4000
    private static let notANumber: UInt16 = 0xC000
}

extension Numeric: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        guard let number = Numeric(value) else { preconditionFailure("Not a decimal number: \(value)") }
        self = number
    }
}

extension Numeric: SQLBindable, SQLArrayElement {
    package static var sqlType: PostgresType { .numeric }

    package func encode(into bytes: inout [UInt8]) {
        guard text != "NaN" else {
            for part in [0, 0, Self.notANumber, 0] { bytes.append(bigEndian: part) }
            return
        }
        let isNegative = text.hasPrefix("-")
        let parts = text.utf8.dropFirst(isNegative ? 1 : 0).split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let whole = Array(parts[0])
        let fraction = parts.count > 1 ? Array(parts[1]) : []
        let zero = UInt8(ascii: "0")
        let padding = (Self.groupDigits - whole.count % Self.groupDigits) % Self.groupDigits
        var digits = Array(repeating: zero, count: padding) + whole
        var weight = digits.count / Self.groupDigits - 1
        digits += fraction
        digits += Array(repeating: zero, count: (Self.groupDigits - digits.count % Self.groupDigits) % Self.groupDigits)
        var groups = stride(from: 0, to: digits.count, by: Self.groupDigits).map { start in
            digits[start..<start + Self.groupDigits].reduce(Int16(0)) { $0 * 10 + Int16($1 - zero) }
        }
        while groups.last == 0 { groups.removeLast() }
        let leading = groups.prefix { $0 == 0 }.count
        groups.removeFirst(leading)
        weight -= leading
        bytes.append(bigEndian: Int16(groups.count))
        bytes.append(bigEndian: Int16(groups.isEmpty ? 0 : weight))
        bytes.append(bigEndian: isNegative && !groups.isEmpty ? Self.negative : Self.positive)
        bytes.append(bigEndian: Int16(fraction.count))
        for group in groups { bytes.append(bigEndian: group) }
    }
}

extension Numeric: SQLDecodable, SQLDecodableElement {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Numeric {
        var reader = BigEndianReader(try field.bytes(as: .numeric))
        guard let count: Int16 = reader.integer(), let weight: Int16 = reader.integer(),
            let sign: UInt16 = reader.integer(),
            let scale: Int16 = reader.integer(), count >= 0, scale >= 0
        else { throw .malformed }
        if sign == notANumber { return Numeric(unchecked: "NaN") }
        guard sign == positive || sign == negative else { throw .range }
        var groups: [Int16] = []
        for _ in 0..<count {
            guard let group: Int16 = reader.integer(), (0..<10_000).contains(group) else { throw .malformed }
            groups.append(group)
        }
        let whole = weight < 0 ? "0" : (0...Int(weight)).map { padded($0 < groups.count ? groups[$0] : 0) }.joined()
        var fraction = ""
        var position = Int(weight) + 1
        while fraction.utf8.count < Int(scale) {
            fraction += padded(groups.indices.contains(position) ? groups[position] : 0)
            position += 1
        }
        let digits = whole.drop { $0 == "0" }
        var text = (sign == negative ? "-" : "") + (digits.isEmpty ? "0" : digits)
        if scale > 0 { text += "." + fraction.prefix(Int(scale)) }
        return Numeric(unchecked: text)
    }

    private static func padded(_ group: Int16) -> String {
        let digits = String(group)
        return String(repeating: "0", count: groupDigits - digits.utf8.count) + digits
    }
}
