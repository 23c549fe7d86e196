import JSON

/// Builds the tree of a path.
///
/// The library's grammar is ambiguous and leaves the choice to a table of precedences; this parser makes the same
/// choices. From loosest to tightest: arithmetic (all operators alike, grouping to the right), brackets, `..`, `.`,
/// `|`, `&`, `where`. So `a.b|c.d` reads as `(a.(b|c)).d`, and lists of paths are joined in parentheses.
struct PathParser {
    /// Nesting deeper than this is refused; the deepest path in use has four levels.
    private static let depthLimit = 64

    private let tokens: [(token: PathToken, position: Int)]
    private var next = 0
    private var depth = 0

    private enum Power {
        static let operation = 0
        static let bracket = 1
        static let descend = 4
        static let child = 5
        static let union = 6
        static let intersection = 7
        static let `where` = 8
    }

    static func parse(_ text: String) throws(PathSyntaxError) -> PathExpression {
        var parser = PathParser(tokens: try PathLexer.tokens(of: text))
        let expression = try parser.expression(Power.operation)
        guard parser.token == nil else { throw parser.unexpected() }
        return expression
    }

    private init(tokens: [(token: PathToken, position: Int)]) {
        self.tokens = tokens
    }

    private var token: PathToken? { next < tokens.count ? tokens[next].token : nil }
    private var following: PathToken? { next + 1 < tokens.count ? tokens[next + 1].token : nil }

    private func unexpected() -> PathSyntaxError {
        guard next < tokens.count else {
            return PathSyntaxError(
                message: "the path ends too early", position: tokens.last.map { $0.position + 1 } ?? 0)
        }
        return PathSyntaxError(message: "\(tokens[next].token) does not fit", position: tokens[next].position)
    }

    private mutating func take(_ symbol: Character) -> Bool {
        guard token == .symbol(symbol) else { return false }
        next += 1
        return true
    }

    private mutating func expect(_ symbol: Character) throws(PathSyntaxError) {
        guard take(symbol) else { throw unexpected() }
    }

    // MARK: Infix

    private mutating func expression(_ lowest: Int) throws(PathSyntaxError) -> PathExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw PathSyntaxError(message: "the path is nested too deep", position: tokens[next - 1].position)
        }
        var left = try primary()
        while let joined = try infix(left, lowest) {
            left = joined
        }
        return left
    }

    /// The tree with the next operator taken in; nil where that operator belongs further out.
    private mutating func infix(_ left: PathExpression, _ lowest: Int) throws(PathSyntaxError) -> PathExpression? {
        switch token {
        case .symbol(".") where lowest <= Power.child:
            next += 1
            return .child(left, try expression(Power.child + 1))
        case .descend where lowest <= Power.descend:
            next += 1
            return .descendants(left, try expression(Power.descend + 1))
        case .symbol("|") where lowest <= Power.union:
            next += 1
            return .union(left, try expression(Power.union + 1))
        case .symbol("&") where lowest <= Power.intersection:
            next += 1
            return .intersection(left, try expression(Power.intersection + 1))
        case .where where lowest <= Power.where:
            next += 1
            return .where(left, try expression(Power.where + 1))
        case .symbol("[") where lowest <= Power.bracket:
            return .child(left, try bracket(afterPath: true))
        default:
            guard lowest <= Power.operation, let symbol = takeOperator() else { return nil }
            return .operation(Self.operand(left), symbol, try rightOperand())
        }
    }

    private mutating func takeOperator() -> PathExpression.Operator? {
        let symbol: PathExpression.Operator
        switch token {
        case .symbol("+"): symbol = .add
        case .symbol("-"): symbol = .subtract
        case .symbol("*"): symbol = .multiply
        default: return nil
        }
        next += 1
        return symbol
    }

    private static func isOperator(_ token: PathToken?) -> Bool {
        token == .symbol("+") || token == .symbol("-") || token == .symbol("*")
    }

    /// A number that stands alone, or a path, which a number followed by an operator begins too.
    private mutating func rightOperand() throws(PathSyntaxError) -> PathExpression.Operand {
        if !Self.isOperator(following), let literal = takeNumber() { return .literal(literal) }
        return Self.operand(try expression(Power.operation))
    }

    private mutating func takeNumber() -> JSONValue? {
        switch token {
        case .integer(let value):
            next += 1
            return .int(value)
        case .decimal(let value):
            next += 1
            return .double(value)
        default:
            return nil
        }
    }

    private static func operand(_ path: PathExpression) -> PathExpression.Operand {
        if case .fields(let names) = path, names.count == 1 { return .literal(.string(names[0])) }
        return .path(path)
    }

    // MARK: Primaries

    private mutating func primary() throws(PathSyntaxError) -> PathExpression {
        switch token {
        case .identifier: return .fields(try fields())
        case .operator(let text): return try namedOperator(text)
        case .integer, .decimal: return try numberOperation()
        case .symbol("*"): return advance(.fields(["*"]))
        case .symbol("$"): return advance(.root)
        case .symbol("@"): return advance(.this)
        case .symbol("["): return try bracket(afterPath: false)
        case .symbol("("):
            next += 1
            let inner = try expression(Power.operation)
            try expect(")")
            return inner
        default: throw unexpected()
        }
    }

    private mutating func advance(_ expression: PathExpression) -> PathExpression {
        next += 1
        return expression
    }

    /// A number on the left of an operator; two bare numbers must be of the same kind.
    private mutating func numberOperation() throws(PathSyntaxError) -> PathExpression {
        guard let left = takeNumber(), let symbol = takeOperator() else { throw unexpected() }
        let start = next
        let right = try rightOperand()
        if case .literal(let number) = right, number.kind == .number, (left.int == nil) != (number.int == nil) {
            throw PathSyntaxError(
                message: "a whole number and a decimal do not combine", position: tokens[start].position)
        }
        return .operation(.literal(left), symbol, right)
    }

    private mutating func fields() throws(PathSyntaxError) -> [String] {
        var names: [String] = []
        repeat {
            guard case .identifier(let name) = token else { throw unexpected() }
            names.append(name)
            next += 1
        } while take(",")
        return names
    }

    private mutating func bracket(afterPath: Bool) throws(PathSyntaxError) -> PathExpression {
        try expect("[")
        let content: PathExpression
        switch token {
        case .identifier: content = .fields(try fields())
        case .symbol("*"): content = advance(.slice(start: nil, end: nil))
        case .integer, .symbol(":"): content = try indexOrSlice()
        case .symbol("?") where afterPath:
            next += 1
            content = .filter(try conditions())
        case .sort where afterPath: content = .sorted(try sortKeys())
        default: throw unexpected()
        }
        try expect("]")
        return content
    }

    private mutating func indexOrSlice() throws(PathSyntaxError) -> PathExpression {
        let start = takeInteger()
        if take(":") { return .slice(start: start, end: takeInteger()) }
        guard let start else { throw unexpected() }
        return .index(start)
    }

    private mutating func takeInteger() -> Int64? {
        guard case .integer(let value) = token else { return nil }
        next += 1
        return value
    }

    private mutating func sortKeys() throws(PathSyntaxError) -> [PathExpression.SortKey] {
        var keys: [PathExpression.SortKey] = []
        while case .sort(let isDescending) = token {
            next += 1
            keys.append(.init(path: try expression(Power.operation), isDescending: isDescending))
        }
        return keys
    }

    // MARK: Filters

    private mutating func conditions() throws(PathSyntaxError) -> [PathExpression.Condition] {
        var all = try conditionOrGroup()
        while take("&") {
            all += try conditionOrGroup()
        }
        return all
    }

    /// One condition, or several in parentheses. A parenthesis may also open a path, which only its end tells.
    private mutating func conditionOrGroup() throws(PathSyntaxError) -> [PathExpression.Condition] {
        guard token == .symbol("(") else { return [try condition()] }
        let start = next
        do throws(PathSyntaxError) {
            return [try condition()]
        } catch {
            // Not a path in parentheses: read again as a group, whose own error is the one to report.
            next = start + 1
            let group = try conditions()
            try expect(")")
            return group
        }
    }

    private mutating func condition() throws(PathSyntaxError) -> PathExpression.Condition {
        let path = try expression(Power.operation)
        guard case .comparison(let text) = token else { return .init(path: path, comparison: nil) }
        next += 1
        let literal: JSONValue
        switch token {
        case .identifier(let value): literal = .string(value)
        case .integer(let value): literal = .int(value)
        case .decimal(let value): literal = .double(value)
        case .bool(let value): literal = .bool(value)
        default: throw unexpected()
        }
        let position = tokens[next].position
        next += 1
        guard let symbol = PathExpression.Comparison.Symbol(rawValue: text == "=" ? "==" : text) else {
            throw unexpected()
        }
        let pattern = try symbol == .matches ? Self.pattern(literal, position) : nil
        return .init(path: path, comparison: .init(symbol: symbol, literal: literal, pattern: pattern))
    }

    private static func pattern(_ literal: JSONValue, _ position: Int) throws(PathSyntaxError) -> Pattern {
        guard let text = literal.string else {
            throw PathSyntaxError(message: "~ takes a pattern in quotes", position: position)
        }
        do throws(PatternSyntaxError) {
            return try Pattern(text)
        } catch {
            throw PathSyntaxError(message: error.description, position: position)
        }
    }

    // MARK: Named operators

    private mutating func namedOperator(_ text: String) throws(PathSyntaxError) -> PathExpression {
        let position = tokens[next].position
        next += 1
        switch text {
        case "this": return .this
        case "parent": return .parent
        case "len": return .length
        case "sorted": return .sorted([])
        default: break
        }
        do throws(PatternSyntaxError) {
            if text.hasPrefix("split("), let split = try TextOperators.split(text) { return split }
            if text.hasPrefix("sub("), let substitution = try TextOperators.substitution(text) { return substitution }
        } catch {
            throw PathSyntaxError(message: error.description, position: position)
        }
        throw PathSyntaxError(message: "the operator `\(text)` is unknown or written wrongly", position: position)
    }
}
