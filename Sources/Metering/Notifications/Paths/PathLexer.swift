/// The words of a path's text.
enum PathToken: Hashable, Sendable {
    case identifier(String)
    case integer(Int64)
    case decimal(Double)
    case bool(Bool)
    /// A text between backquotes.
    case `operator`(String)
    /// One of `== = != < <= > >= ~`.
    case comparison(String)
    /// `/` (ascending) or `\` (descending) inside brackets, with the comma before it.
    case sort(isDescending: Bool)
    case descend
    case `where`
    /// Any other single character of the grammar.
    case symbol(Character)
}

/// Cuts a path into words by the rules of jsonpath-rw-ext 1.2: the first rule that fits wins, not the longest.
///
/// That has consequences which files in use rely on or must avoid: `true` and `false` are taken off the front of longer
/// names, a hyphen belongs to a name, and `/` is always the mark of an ascending sort.
struct PathLexer {
    private let text: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
    }

    static func tokens(of text: String) throws(PathSyntaxError) -> [(token: PathToken, position: Int)] {
        var lexer = PathLexer(text)
        var tokens: [(PathToken, Int)] = []
        while true {
            lexer.skipSpace()
            let start = lexer.position
            guard let token = try lexer.next() else { return tokens }
            tokens.append((token, start))
        }
    }

    private mutating func skipSpace() {
        while position < text.count, text[position] == " " || text[position] == "\t" || text[position] == "\n" {
            position += 1
        }
    }

    private mutating func next() throws(PathSyntaxError) -> PathToken? {
        guard position < text.count else { return nil }
        if let word = takeWord("true") ?? takeWord("false") { return .bool(word == "true") }
        if let sort = takeSort() { return sort }
        if let name = takeName() { return name == "where" ? .where : .identifier(name) }
        if let number = try takeNumber() { return number }
        switch text[position] {
        case "'", "\"": return .identifier(try takeQuoted())
        case "`": return .operator(try takeQuoted())
        default: break
        }
        for comparison in ["==", "<=", ">=", "!=", "=", "<", ">", "~"] where takeWord(comparison) != nil {
            return .comparison(comparison)
        }
        if takeWord("..") != nil { return .descend }
        let scalar = text[position]
        guard "*.[]()$,:|&?@+-".unicodeScalars.contains(scalar) else {
            throw PathSyntaxError(message: "unexpected character \(scalar)", position: position)
        }
        position += 1
        return .symbol(Character(scalar))
    }

    private mutating func takeWord(_ word: String) -> String? {
        let scalars = Array(word.unicodeScalars)
        guard position + scalars.count <= text.count,
            text[position..<position + scalars.count].elementsEqual(scalars)
        else { return nil }
        position += scalars.count
        return word
    }

    /// A slash or backslash, with a comma and white space before it.
    private mutating func takeSort() -> PathToken? {
        var end = position
        if text[end] == "," { end += 1 }
        while end < text.count, text[end].properties.isWhitespace {
            end += 1
        }
        guard end < text.count, text[end] == "/" || text[end] == "\\" else { return nil }
        position = end + 1
        return .sort(isDescending: text[end] == "\\")
    }

    /// A name, which may start with `@`.
    private mutating func takeName() -> String? {
        var end = position
        if text[end] == "@" { end += 1 }
        guard end < text.count, Self.isLetter(text[end]) else { return nil }
        while end < text.count,
            Self.isLetter(text[end]) || Self.isDigit(text[end]) || text[end] == "@" || text[end] == "-"
        {
            end += 1
        }
        defer { position = end }
        return string(position..<end)
    }

    /// A number with its sign; one with a point must have digits on both sides of it.
    private mutating func takeNumber() throws(PathSyntaxError) -> PathToken? {
        var end = position
        if text[end] == "-" { end += 1 }
        guard let whole = digits(from: end) else { return nil }
        if whole < text.count, text[whole] == ".", let fraction = digits(from: whole + 1) {
            defer { position = fraction }
            return Double(string(position..<fraction)).map(PathToken.decimal)
        }
        guard let value = Int64(string(position..<whole)) else {
            throw PathSyntaxError(message: "a number is too large", position: position)
        }
        position = whole
        return .integer(value)
    }

    private func digits(from start: Int) -> Int? {
        var end = start
        while end < text.count, Self.isDigit(text[end]) {
            end += 1
        }
        return end > start ? end : nil
    }

    /// A text up to the next quote of the same kind; a backslash takes the character after it as it is.
    private mutating func takeQuoted() throws(PathSyntaxError) -> String {
        let start = position
        let quote = text[start]
        var content = String.UnicodeScalarView()
        position += 1
        while position < text.count, text[position] != quote {
            if text[position] == "\\" { position += 1 }
            guard position < text.count else { break }
            content.append(text[position])
            position += 1
        }
        guard position < text.count else { throw PathSyntaxError(message: "a quote is not closed", position: start) }
        position += 1
        return String(content)
    }

    private func string(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(text[range]))
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
