package import Telemetry

/// Chooses meters by name as Ceilometer's sources do: names with wildcards, and such names after `!` to leave out.
///
/// What an exclusion matches is left out whatever else matches it; with exclusions alone everything else is chosen.
package struct MeterSelection: Hashable, Sendable {
    package let included: [NamePattern]
    package let excluded: [NamePattern]

    /// - Parameter patterns: such as `cpu`, `disk.*`, `!*.rate`; at least one.
    package init(_ patterns: [String]) {
        included = patterns.filter { !$0.hasPrefix("!") }.map { NamePattern($0) }
        excluded = patterns.filter { $0.hasPrefix("!") }.map { NamePattern(String($0.dropFirst())) }
    }

    package func contains(_ meter: MeterName) -> Bool {
        if excluded.contains(where: { $0.matches(meter.text) }) { return false }
        return included.isEmpty || included.contains { $0.matches(meter.text) }
    }
}

/// A name with wildcards: `*` any run of characters, `?` one character, `[abc]`, `[a-z]` and `[!abc]` one of a set.
package struct NamePattern: Hashable, Sendable {
    package let text: String
    private let parts: [Part]

    private enum Part: Hashable, Sendable {
        case run
        case any
        case character(Character)
        case set([ClosedRange<Character>], isNegated: Bool)
    }

    package init(_ text: String) {
        self.text = text
        var parts: [Part] = []
        var rest = Substring(text)
        while let next = rest.popFirst() {
            switch next {
            case "*": parts.append(.run)
            case "?": parts.append(.any)
            case "[":
                if let set = Self.takeSet(&rest) { parts.append(set) } else { parts.append(.character("[")) }
            default: parts.append(.character(next))
            }
        }
        self.parts = parts
    }

    package func matches(_ name: String) -> Bool {
        let name = Array(name)
        // Positions to go back to when what follows the last `*` does not match: it takes one character more then.
        var (part, position) = (0, 0)
        var retry: (part: Int, position: Int)?
        while position < name.count || part < parts.count {
            if part < parts.count {
                if parts[part] == .run {
                    retry = (part, position)
                    part += 1
                    continue
                }
                if position < name.count, Self.matches(parts[part], name[position]) {
                    part += 1
                    position += 1
                    continue
                }
            }
            guard let last = retry, last.position < name.count else { return false }
            retry = (last.part, last.position + 1)
            part = last.part + 1
            position = last.position + 1
        }
        return true
    }

    private static func matches(_ part: Part, _ character: Character) -> Bool {
        switch part {
        case .run: false
        case .any: true
        case .character(let wanted): wanted == character
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }

    /// Reads a set after its `[`; nil where none is closed, and nothing is taken then.
    private static func takeSet(_ rest: inout Substring) -> Part? {
        var reader = rest
        let isNegated = reader.first == "!"
        if isNegated { reader.removeFirst() }
        var ranges: [ClosedRange<Character>] = []
        while let low = reader.popFirst() {
            // A bracket right at the start is a member, not the end.
            if low == "]", !ranges.isEmpty {
                rest = reader
                return .set(ranges, isNegated: isNegated)
            }
            if reader.first == "-", let high = reader.dropFirst().first, high != "]" {
                reader.removeFirst(2)
                // An empty range such as `z-a` matches nothing, and must not trap either.
                if low <= high { ranges.append(low...high) }
            } else {
                ranges.append(low...low)
            }
        }
        return nil
    }
}
