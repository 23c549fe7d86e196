import JSON

extension JSONValue {
    /// How a value looks in a cell of a table, a CSV file or a plain line: text as it is, nothing as nothing.
    var cellText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .array(let elements) where elements.allSatisfy(\.isScalar):
            elements.map(\.cellText).joined(separator: ", ")
        case .bool, .int, .double, .array, .object: text
        }
    }

    fileprivate var isScalar: Bool {
        switch self {
        case .array, .object: false
        case .null, .bool, .int, .double, .string: true
        }
    }

    var isNumber: Bool {
        switch self {
        case .int, .double: true
        default: false
        }
    }
}

extension String {
    /// The text without control characters, so that a name in the cloud can't steer the terminal it is shown on.
    var printable: String {
        var printable = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            printable.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(printable)
    }
}
