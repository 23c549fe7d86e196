/// A regular expression in the dialect of Python's `re`, which Ceilometer's files are written in.
///
/// Alternation, greedy and lazy quantifiers, classes, groups (numbered, named, not counted), anchors, word boundaries,
/// look-ahead, look-behind of a fixed width, references back, and the flags `i`, `m`, `s`. Possessive quantifiers, atomic
/// groups, conditions and verbose patterns are refused. A match takes at most so many steps, so that no pattern can hang a
/// daemon.
struct Pattern: Hashable, Sendable {
    let text: String
    let program: [Instruction]
    /// How many groups the pattern counts.
    let groupCount: Int

    init(_ text: String) throws(PatternSyntaxError) {
        var parser = PatternParser(text)
        let node = try parser.parse()
        self.text = text
        self.program = try PatternCompiler.program(for: node)
        self.groupCount = parser.groupCount
    }

    /// One step of the matcher. Positions are indices of the program.
    indirect enum Instruction: Hashable, Sendable {
        case scalar(Unicode.Scalar, ignoresCase: Bool)
        case any(includingNewline: Bool)
        case oneOf(CharacterClass, ignoresCase: Bool)
        case lineStart(everyLine: Bool)
        case lineEnd(everyLine: Bool)
        case textStart
        case textEnd
        case wordBoundary(isNegated: Bool)
        case reference(group: Int, ignoresCase: Bool)
        case save(slot: Int)
        /// Goes on at the first; after a failure at the second.
        case split(Int, Int)
        case jump(Int)
        /// Remembers where a round of a loop began, and leaves the loop where it ends without having moved.
        case markRound(slot: Int)
        case checkRound(slot: Int, exit: Int)
        /// Tries a program of its own here, `width` code points back for a look-behind.
        case look([Instruction], width: Int, isNegated: Bool)
        case accept
    }

    /// The match at the start of the text; nil where there is none.
    func match(_ text: String) throws(PatternOverrun) -> PatternMatch? {
        try PatternMatcher.match(self, Array(text.unicodeScalars), at: 0, mustAdvance: false)
    }

    /// The text with every match replaced, as `re.sub` does it.
    func replacingAll(in text: String, with replacement: Replacement) throws(PatternOverrun) -> String {
        let scalars = Array(text.unicodeScalars)
        var output = String.UnicodeScalarView()
        var copied = 0
        var place = 0
        // After an empty match the same place is tried once more for one that is not.
        var mustAdvance = false
        while place <= scalars.count {
            guard let match = try PatternMatcher.match(self, scalars, at: place, mustAdvance: mustAdvance) else {
                place += 1
                mustAdvance = false
                continue
            }
            output.append(contentsOf: scalars[copied..<match.range.lowerBound])
            output.append(contentsOf: replacement.text(for: match).unicodeScalars)
            copied = match.range.upperBound
            place = match.range.upperBound
            mustAdvance = match.range.isEmpty
        }
        output.append(contentsOf: scalars[copied...])
        return String(output)
    }
}

/// Where a pattern fits in a text.
struct PatternMatch: Sendable {
    let subject: [Unicode.Scalar]
    let range: Range<Int>
    /// The range of each group, nil for those that took no part.
    let groups: [Range<Int>?]

    var groupCount: Int { groups.count }

    /// The text of a group counted from 1, or of the whole match for 0.
    func group(_ number: Int) -> String? {
        let range = number == 0 ? range : groups[number - 1]
        return range.map { String(String.UnicodeScalarView(subject[$0])) }
    }
}

/// Why a text is not a pattern.
struct PatternSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    let message: String
    /// Counted in code points.
    let position: Int

    var description: String { "\(message) at character \(position + 1) of the pattern" }
}

/// A match that took more steps than any sensible pattern needs.
struct PatternOverrun: Error, Hashable, Sendable {}
