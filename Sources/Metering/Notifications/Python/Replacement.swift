/// The replacement of `re.sub`: text with references such as `\1` and `\g<2>`.
struct Replacement: Hashable, Sendable {
    private let parts: [Part]

    private enum Part: Hashable, Sendable {
        case text(String)
        case group(Int)
    }

    init(_ text: String, groupCount: Int) throws(PatternSyntaxError) {
        var parts: [Part] = []
        var rest = Array(text.unicodeScalars)[...]
        var literal = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                literal.append(scalar)
                continue
            }
            guard let escape = try Self.escape(&rest) else { continue }
            switch escape {
            case .text(let text): literal.append(contentsOf: text.unicodeScalars)
            case .group(let number):
                guard number <= groupCount else {
                    throw PatternSyntaxError(message: "the pattern has no group \(number)", position: 0)
                }
                parts.append(.text(String(literal)))
                parts.append(.group(number))
                literal = String.UnicodeScalarView()
            }
        }
        parts.append(.text(String(literal)))
        self.parts = parts
    }

    /// The replacement of one match; a group that took no part is empty.
    func text(for match: PatternMatch) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .group(let number): match.group(number) ?? ""
            }
        }.joined()
    }

    /// Reads what follows a backslash.
    private static func escape(_ rest: inout ArraySlice<Unicode.Scalar>) throws(PatternSyntaxError) -> Part? {
        guard let letter = rest.popFirst() else {
            throw PatternSyntaxError(message: "a backslash at the end of the replacement", position: 0)
        }
        switch letter {
        case "n": return .text("\n")
        case "r": return .text("\r")
        case "t": return .text("\t")
        case "\\": return .text("\\")
        case "1"..."9":
            var digits = String(letter)
            if let next = rest.first, ("0"..."9").contains(next) {
                digits.unicodeScalars.append(next)
                rest.removeFirst()
            }
            return Int(digits).map(Part.group)
        case "g":
            guard rest.popFirst() == "<", let end = rest.firstIndex(of: ">"),
                let number = Int(String(String.UnicodeScalarView(rest[..<end]))), number >= 0
            else { throw PatternSyntaxError(message: "\\g takes the number of a group in < >", position: 0) }
            rest = rest[(end + 1)...]
            return .group(number)
        case "a"..."z", "A"..."Z":
            throw PatternSyntaxError(message: "the escape \\\(letter) is unknown in a replacement", position: 0)
        default: return .text("\\" + String(letter))
        }
    }
}
