import JSON

/// Values as numbers in the way of Python's `int` and `float`.
enum PythonNumber {
    /// What came of reading a number.
    enum Reading<Number> {
        case value(Number)
        /// Text that is no number, or not a number at all (`ValueError`).
        case notNumeric
        /// A kind that never is one, or a number out of range (`TypeError`, `OverflowError`).
        case wrongKind
    }

    /// `int(value)`: fractions are cut.
    static func integer(_ value: PathValue) -> Reading<Int64> {
        if let integer = value.integer { return .value(integer) }
        if let number = value.number {
            if number.isNaN { return .notNumeric }
            return Int64(exactly: number.rounded(.towardZero)).map(Reading.value) ?? .wrongKind
        }
        guard let text = value.text else { return .wrongKind }
        guard let digits = digits(of: text) else { return .notNumeric }
        guard let integer = Int64(digits) else {
            let unsigned = digits.drop { $0 == "+" || $0 == "-" }
            return !unsigned.isEmpty && unsigned.allSatisfy { $0.isASCII && $0.isNumber } ? .wrongKind : .notNumeric
        }
        return .value(integer)
    }

    /// `float(value)`.
    static func float(_ value: PathValue) -> Reading<Double> {
        if let number = value.number { return .value(number) }
        guard let text = value.text else { return .wrongKind }
        guard let digits = digits(of: text) else { return .notNumeric }
        switch digits.lowercased() {
        case "nan", "+nan", "-nan": return .value(.nan)
        case "inf", "+inf", "infinity", "+infinity": return .value(.infinity)
        case "-inf", "-infinity": return .value(-.infinity)
        default: break
        }
        // The standard library also reads hexadecimal floats, which Python does not.
        guard digits.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else {
            return .notNumeric
        }
        return Double(digits).map(Reading.value) ?? .notNumeric
    }

    /// The text without white space at its ends and without the underscores that Python allows between digits, its digits those
    /// of ASCII; nil where an underscore stands elsewhere.
    private static func digits(of text: String) -> String? {
        let scalars = PythonText.stripped(text).unicodeScalars.map(asciiDigit)
        var result = String.UnicodeScalarView()
        for (place, scalar) in scalars.enumerated() {
            guard scalar == "_" else {
                result.append(scalar)
                continue
            }
            guard place > 0, place + 1 < scalars.count, isDigit(scalars[place - 1]), isDigit(scalars[place + 1]) else {
                return nil
            }
        }
        return String(result)
    }

    /// The digit of ASCII for a decimal digit of any script; other characters stay.
    private static func asciiDigit(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard !scalar.isASCII, scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue
        else {
            return scalar
        }
        return Unicode.Scalar(UInt8(ascii: "0") + UInt8(value))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
