/// Reads a regular expression into its tree.
struct PatternParser {
    /// Groups inside one another.
    private static let depthLimit = 64
    /// A counted loop is written out as often as it says.
    private static let repeatLimit = 1_000

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var flags = Flags()
    private(set) var groupCount = 0
    private var names: [String: Int] = [:]
    private var openGroups: Set<Int> = []

    private struct Flags {
        var ignoresCase = false
        var everyLine = false
        var dotTakesNewline = false
    }

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
    }

    mutating func parse() throws(PatternSyntaxError) -> PatternNode {
        let node = try alternatives()
        guard position == text.count else { throw error("a parenthesis is not opened") }
        return node
    }

    private func error(_ message: String) -> PatternSyntaxError {
        PatternSyntaxError(message: message, position: min(position, max(0, text.count - 1)))
    }

    private var current: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take(_ word: String) -> Bool {
        let scalars = Array(word.unicodeScalars)
        guard position + scalars.count <= text.count,
            text[position..<position + scalars.count].elementsEqual(scalars)
        else { return false }
        position += scalars.count
        return true
    }

    private mutating func alternatives() throws(PatternSyntaxError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw error("the groups are nested too deep") }
        var nodes = [try sequence()]
        while take("|") {
            nodes.append(try sequence())
        }
        return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
    }

    private mutating func sequence() throws(PatternSyntaxError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let node = try item()
            nodes.append(try quantified(node))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    // MARK: Quantifiers

    private mutating func quantified(_ node: PatternNode) throws(PatternSyntaxError) -> PatternNode {
        guard let (least, most) = try quantifier() else { return node }
        guard !node.isAnchor else { throw error("nothing to repeat") }
        let isLazy = take("?")
        if !isLazy, current == "+" { throw error("possessive quantifiers are not supported") }
        let loop = PatternNode.loop(node, from: least, to: most, isLazy: isLazy)
        let end = position
        guard try quantifier() == nil else {
            position = end
            throw error("a quantifier of a quantifier")
        }
        return loop
    }

    private mutating func quantifier() throws(PatternSyntaxError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard current == "{" else { return nil }
        let start = position
        position += 1
        let least = number()
        var most = least
        let hasComma = take(",")
        if hasComma { most = number() }
        guard take("}"), least != nil || hasComma else {
            // A brace that is no quantifier stands for itself.
            position = start
            return nil
        }
        guard least ?? 0 <= Self.repeatLimit, most ?? 0 <= Self.repeatLimit else { throw error("too many repetitions") }
        if let most, (least ?? 0) > most { throw error("the repetitions run backwards") }
        return (least ?? 0, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = current, ("0"..."9").contains(scalar), digits.count < 9 {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        return Int(digits)
    }

    // MARK: Items

    private mutating func item() throws(PatternSyntaxError) -> PatternNode {
        guard let scalar = current else { return .empty }
        switch scalar {
        case "(": return try group()
        case "[": return .step(.oneOf(try members(), ignoresCase: flags.ignoresCase))
        case "\\": return try escape()
        case "*", "+", "?": throw error("nothing to repeat")
        default: break
        }
        position += 1
        switch scalar {
        case ".": return .step(.any(includingNewline: flags.dotTakesNewline))
        case "^": return .step(.lineStart(everyLine: flags.everyLine))
        case "$": return .step(.lineEnd(everyLine: flags.everyLine))
        default: return .step(.scalar(scalar, ignoresCase: flags.ignoresCase))
        }
    }

    private mutating func group() throws(PatternSyntaxError) -> PatternNode {
        let outer = flags
        defer { flags = outer }
        position += 1
        if !take("?") { return try counted(name: nil) }
        if take("P<") { return try counted(name: try name(until: ">")) }
        if take("P=") {
            let name = try name(until: ")")
            guard let number = names[name] else { throw error("the group \(name) is unknown") }
            return .step(.reference(group: number, ignoresCase: flags.ignoresCase))
        }
        if take("=") { return .look(try closed(), isBehind: false, isNegated: false) }
        if take("!") { return .look(try closed(), isBehind: false, isNegated: true) }
        if take("<=") { return .look(try fixedWidth(), isBehind: true, isNegated: false) }
        if take("<!") { return .look(try fixedWidth(), isBehind: true, isNegated: true) }
        // A sequence of its own, because an anchor in a group may be repeated and a bare one may not.
        if take(":") { return .sequence([try closed()]) }
        if take("#") {
            while let scalar = current, scalar != ")" {
                _ = scalar
                position += 1
            }
            guard take(")") else { throw error("a comment is not closed") }
            return .empty
        }
        return try flagged(outer)
    }

    /// `(?i)` at the very start, for the whole pattern, or `(?i:…)` for a part.
    private mutating func flagged(_ outer: Flags) throws(PatternSyntaxError) -> PatternNode {
        let isFirst = position == 2
        var isSetting = true
        while let scalar = current, scalar != ")", scalar != ":" {
            switch scalar {
            case "i": flags.ignoresCase = isSetting
            case "m": flags.everyLine = isSetting
            case "s": flags.dotTakesNewline = isSetting
            case "u": break
            case "-" where isSetting: isSetting = false
            default: throw error("the extension (?\(scalar) is not supported")
            }
            position += 1
        }
        if take(":") { return .sequence([try closed()]) }
        guard isFirst, take(")") else { throw error("flags for the whole pattern stand at its start") }
        return try rest()
    }

    /// Everything after the flags at the start, with them in force.
    private mutating func rest() throws(PatternSyntaxError) -> PatternNode {
        try alternatives()
    }

    private mutating func closed() throws(PatternSyntaxError) -> PatternNode {
        let node = try alternatives()
        guard take(")") else { throw error("a parenthesis is not closed") }
        return node
    }

    private mutating func fixedWidth() throws(PatternSyntaxError) -> PatternNode {
        let node = try closed()
        guard node.width != nil else { throw error("a look-behind needs a fixed width") }
        return node
    }

    private mutating func counted(name: String?) throws(PatternSyntaxError) -> PatternNode {
        groupCount += 1
        let number = groupCount
        openGroups.insert(number)
        let node = try closed()
        openGroups.remove(number)
        if let name {
            guard names.updateValue(number, forKey: name) == nil else {
                throw error("the group \(name) is there twice")
            }
        }
        return .group(number, node)
    }

    private mutating func name(until end: Unicode.Scalar) throws(PatternSyntaxError) -> String {
        var name = String.UnicodeScalarView()
        while let scalar = current, scalar != end {
            name.append(scalar)
            position += 1
        }
        guard current == end, !name.isEmpty else { throw error("the name of a group is not closed") }
        position += 1
        return String(name)
    }

    // MARK: Escapes and classes

    private mutating func escape() throws(PatternSyntaxError) -> PatternNode {
        position += 1
        guard let scalar = current else { throw error("a backslash at the end") }
        switch scalar {
        case "A": return step(.textStart)
        case "Z": return step(.textEnd)
        case "b": return step(.wordBoundary(isNegated: false))
        case "B": return step(.wordBoundary(isNegated: true))
        case "1"..."9":
            guard let group = number(), group <= groupCount, !openGroups.contains(group) else {
                throw error("a reference to a group that is not there or still open")
            }
            return .step(.reference(group: group, ignoresCase: flags.ignoresCase))
        default: break
        }
        if let category = Self.category(scalar) {
            return step(.oneOf(CharacterClass(categories: [category]), ignoresCase: false))
        }
        return .step(.scalar(try literalEscape(), ignoresCase: flags.ignoresCase))
    }

    private mutating func step(_ instruction: Pattern.Instruction) -> PatternNode {
        position += 1
        return .step(instruction)
    }

    private static func category(_ letter: Unicode.Scalar) -> CharacterClass.Category? {
        switch letter {
        case "d": .digit
        case "D": .notDigit
        case "s": .space
        case "S": .notSpace
        case "w": .word
        case "W": .notWord
        default: nil
        }
    }

    /// The character that an escape stands for; the backslash has been taken.
    private mutating func literalEscape() throws(PatternSyntaxError) -> Unicode.Scalar {
        guard let scalar = current else { throw error("a backslash at the end") }
        position += 1
        switch scalar {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "a": return "\u{7}"
        case "0": return "\0"
        case "x": return try hexadecimal(2)
        case "u": return try hexadecimal(4)
        case "U": return try hexadecimal(8)
        case "a"..."z", "A"..."Z": throw error("the escape \\\(scalar) is unknown")
        default: return scalar
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(PatternSyntaxError) -> Unicode.Scalar {
        let end = position + count
        guard end <= text.count, let value = UInt32(String(String.UnicodeScalarView(text[position..<end])), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw error("an escape needs \(count) hexadecimal digits") }
        position = end
        return scalar
    }

    private mutating func members() throws(PatternSyntaxError) -> CharacterClass {
        var members = CharacterClass()
        position += 1
        members.isNegated = take("^")
        var isFirst = true
        while let scalar = current, scalar != "]" || isFirst {
            isFirst = false
            if scalar == "\\", position + 1 < text.count, let category = Self.category(text[position + 1]) {
                members.categories.append(category)
                position += 2
                continue
            }
            let low = try member()
            guard current == "-", position + 1 < text.count, text[position + 1] != "]" else {
                members.ranges.append(low.value...low.value)
                continue
            }
            position += 1
            let high = try member()
            guard low <= high else { throw error("a range of characters runs backwards") }
            members.ranges.append(low.value...high.value)
        }
        guard take("]") else { throw error("a set of characters is not closed") }
        return members
    }

    private mutating func member() throws(PatternSyntaxError) -> Unicode.Scalar {
        guard let scalar = current else { throw error("a set of characters is not closed") }
        position += 1
        guard scalar == "\\" else { return scalar }
        if take("b") { return "\u{8}" }
        return try literalEscape()
    }
}
