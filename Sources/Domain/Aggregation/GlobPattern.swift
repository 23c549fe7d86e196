/// A shell pattern as in Python's `fnmatch`: `*` any text, `?` any character, `[abc]`, `[a-z]` and `[!abc]` one of a
/// set; case counts.
package struct GlobPattern: Hashable, Sendable {
    package let text: String
    private let parts: [Part]

    private enum Part: Hashable {
        case text
        case character
        case one(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    /// Reads a pattern; every text is one.
    ///
    /// A `[` without its `]` stands for itself.
    package init(_ text: String) {
        self.text = text
        var parts: [Part] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": if parts.last != .text { parts.append(.text) }
            case "?": parts.append(.character)
            case "[": parts.append(Self.set(&rest) ?? .one(scalar))
            default: parts.append(.one(scalar))
            }
        }
        self.parts = parts
    }

    /// Whether the whole text matches.
    ///
    /// Costs at most pattern × text, whatever the pattern.
    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var part = 0
        var position = 0
        var restart: (part: Int, position: Int)?
        while position < scalars.count {
            if part < parts.count, parts[part] == .text {
                restart = (part + 1, position)
                part += 1
            } else if part < parts.count, Self.matches(parts[part], scalars[position]) {
                part += 1
                position += 1
            } else if let last = restart {
                restart = (last.part, last.position + 1)
                part = last.part
                position = last.position + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .text }
    }

    private static func matches(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .text, .character: true
        case .one(let expected): expected == scalar
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
        }
    }

    /// Reads a set after its `[`; nil, with nothing taken, where no `]` follows.
    ///
    /// A `]` at the beginning is a member.
    private static func set(_ rest: inout ArraySlice<Unicode.Scalar>) -> Part? {
        var body = rest
        let isNegated = body.first == "!"
        if isNegated { body.removeFirst() }
        guard let end = body.dropFirst().firstIndex(of: "]") else { return nil }
        let members = Array(body[body.startIndex..<end])
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var index = 0
        while index < members.count {
            if index + 2 < members.count, members[index + 1] == "-" {
                // A range that runs backwards has no members.
                if members[index] <= members[index + 2] { ranges.append(members[index]...members[index + 2]) }
                index += 3
            } else {
                ranges.append(members[index]...members[index])
                index += 1
            }
        }
        rest = rest[(end + 1)...]
        return .set(ranges, isNegated: isNegated)
    }
}
