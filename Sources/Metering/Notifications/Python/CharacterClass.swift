/// A set of code points, as in `[a-z_]` of a pattern or glob.
struct CharacterClass: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var categories: [Category] = []
    var isNegated = false

    /// The classes that patterns name by a letter.
    enum Category: Hashable, Sendable {
        case digit, space, word
        case notDigit, notSpace, notWord

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .digit: scalar.properties.numericType == .decimal
            case .space: Self.isSpace(scalar)
            case .word: Self.isWord(scalar)
            case .notDigit: scalar.properties.numericType != .decimal
            case .notSpace: !Self.isSpace(scalar)
            case .notWord: !Self.isWord(scalar)
            }
        }

        /// White space, and the four separators of ASCII that Python counts in.
        private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }

        static func isWord(_ scalar: Unicode.Scalar) -> Bool {
            if scalar == "_" { return true }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
            default: return scalar.properties.numericType != nil
            }
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let isMember = ranges.contains { $0.contains(scalar.value) } || categories.contains { $0.contains(scalar) }
        return isMember != isNegated
    }
}
