/// A shell wildcard as Python's `fnmatch` reads it: `*`, `?`, `[a-z]`, `[!a-z]`; case counts, and the whole text must fit.
package struct Glob: Hashable, Sendable {
    private let parts: [Part]

    private enum Part: Hashable, Sendable {
        case any
        case one
        case scalar(Unicode.Scalar)
        case oneOf(CharacterClass)
    }

    package init(_ text: String) {
        self.parts = Self.parts(of: Array(text.unicodeScalars))
    }

    package func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var part = 0
        var place = 0
        // The last star and the text that it has taken so far: the only thing ever to be reconsidered.
        var retry: (part: Int, place: Int)?
        while true {
            if part < parts.count, parts[part] == .any {
                retry = (part, place)
                part += 1
            } else if part < parts.count, place < text.count, Self.fits(parts[part], text[place]) {
                part += 1
                place += 1
            } else if part == parts.count, place == text.count {
                return true
            } else if let last = retry, last.place < text.count {
                retry = (last.part, last.place + 1)
                part = last.part + 1
                place = last.place + 1
            } else {
                return false
            }
        }
    }

    private static func fits(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .any, .one: true
        case .scalar(let wanted): wanted == scalar
        case .oneOf(let members): members.contains(scalar)
        }
    }

    private static func parts(of text: [Unicode.Scalar]) -> [Part] {
        var parts: [Part] = []
        var place = 0
        while place < text.count {
            let scalar = text[place]
            place += 1
            switch scalar {
            case "*":
                if parts.last != .any { parts.append(.any) }
            case "?": parts.append(.one)
            case "[":
                guard let end = closing(text, from: place) else {
                    parts.append(.scalar("["))
                    continue
                }
                parts.append(.oneOf(members(Array(text[place..<end]))))
                place = end + 1
            default: parts.append(.scalar(scalar))
            }
        }
        return parts
    }

    /// The place of the bracket that closes a set; one right at the start is a member.
    private static func closing(_ text: [Unicode.Scalar], from start: Int) -> Int? {
        var place = start
        if place < text.count, text[place] == "!" { place += 1 }
        if place < text.count, text[place] == "]" { place += 1 }
        return text[min(place, text.count)...].firstIndex(of: "]")
    }

    private static func members(_ text: [Unicode.Scalar]) -> CharacterClass {
        var members = CharacterClass()
        var rest = text[...]
        if rest.first == "!" {
            members.isNegated = true
            rest.removeFirst()
        }
        while let first = rest.first {
            rest.removeFirst()
            if rest.count >= 2, rest.first == "-", let last = rest.dropFirst().first {
                rest = rest.dropFirst(2)
                // A range that runs backwards is empty.
                if first.value <= last.value { members.ranges.append(first.value...last.value) }
            } else {
                members.ranges.append(first.value...first.value)
            }
        }
        return members
    }
}
