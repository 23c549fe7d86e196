import JSON

/// Values as text in the way of Python's `str` and `repr`, which Ceilometer uses for traits of other kinds and in signatures.
enum PythonText {
    /// `str(value)`.
    static func text(of value: PathValue) -> String {
        value.text ?? representation(of: value)
    }

    /// `repr(value)`. `quote` writes texts, which differ where they stand for bytes.
    static func representation(of value: PathValue, quote: (String) -> String = quoted, sortsKeys: Bool = false)
        -> String
    {
        if let text = value.text { return quote(text) }
        if case .node(let node) = value, let digits = wholeDigits(node) { return digits }
        if let elements = value.elements {
            let texts = elements.map { representation(of: $0, quote: quote, sortsKeys: sortsKeys) }
            return "[" + texts.joined(separator: ", ") + "]"
        }
        guard let members = value.members else { return scalar(value.tree) }
        let texts = (sortsKeys ? members.sorted { precedes($0.key, $1.key) } : members).map { key, member in
            quote(key) + ": " + representation(of: member, quote: quote, sortsKeys: sortsKeys)
        }
        return "{" + texts.joined(separator: ", ") + "}"
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .bool(let value): value ? "True" : "False"
        case .int(let value): String(value)
        case .double(let value): number(value)
        default: "None"
        }
    }

    /// The order of texts by code points.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }

    /// The digits of a whole number too large for an `Int64`, which Python keeps exact.
    private static func wholeDigits(_ node: JSONNode) -> String? {
        guard node.kind == .number, !node.isDecimal, node.int == nil else { return nil }
        return node.numberText
    }

    /// `repr` of a float: the shortest digits, with an exponent below 1e-4 and from 1e16 on.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let (digits, point) = shortestDigits(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        if point > 16 || point < -3 {
            let fraction = digits.dropFirst().isEmpty ? "" : "." + digits.dropFirst()
            let exponent = point - 1
            let padded = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
            return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + padded
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point {
            return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The significant digits, and how many of them stand before the point (negative: zeros after it).
    private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
        var mantissa = Substring(value.description)
        var exponent = 0
        if let mark = mantissa.firstIndex(of: "e") {
            exponent = Int(mantissa[mantissa.index(after: mark)...]) ?? 0
            mantissa = mantissa[..<mark]
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0]
        let fraction = parts.count > 1 ? parts[1] : ""
        let all = String(whole) + fraction
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" {
            digits.removeLast()
        }
        if digits.isEmpty { return ("0", 1) }
        return (String(digits), whole.count + exponent - leading)
    }

    /// `repr` of a text: in single quotes, unless only those occur in it.
    static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var output = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            output.append(contentsOf: escaped(scalar, quote: quote))
        }
        output.append(quote)
        return String(output)
    }

    private static func escaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar) -> String.UnicodeScalarView {
        switch scalar {
        case quote, "\\": return String.UnicodeScalarView(["\\", scalar])
        case "\n": return "\\n".unicodeScalars
        case "\r": return "\\r".unicodeScalars
        case "\t": return "\\t".unicodeScalars
        default: break
        }
        if isPrintable(scalar) { return String.UnicodeScalarView([scalar]) }
        let value = scalar.value
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        return ("\\" + letter + hexadecimal(value, width: width)).unicodeScalars
    }

    static func hexadecimal(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    /// The text without white space at its ends.
    static func stripped(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace {
            scalars.removeFirst()
        }
        while let last = scalars.last, last.properties.isWhitespace {
            scalars.removeLast()
        }
        return String(scalars)
    }

    /// The first code points of a text.
    static func prefix(_ text: String, _ count: Int) -> String {
        // A text of so few bytes has no more code points.
        if text.utf8.count <= count { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(count)))
    }
}
