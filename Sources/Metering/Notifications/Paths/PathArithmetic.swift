import JSON

/// Sums, differences and products of what paths find, as Python's operators give them.
enum PathArithmetic {
    /// A text or list may be repeated up to this many elements; a definition has no use for more.
    private static let repetitionLimit: Int64 = 1 << 16

    /// The results pair by pair; none at all where the sides differ in number or one pair does not combine.
    static func find(
        _ left: PathExpression.Operand, _ symbol: PathExpression.Operator, _ right: PathExpression.Operand,
        at match: PathMatch
    ) throws(PathError) -> [PathMatch] {
        let lefts = try values(left, at: match)
        let rights = try values(right, at: match)
        let count: Int
        switch (left, right) {
        case (.path, .path):
            guard lefts.count == rights.count else { return [] }
            count = lefts.count
        case (.path, .literal): count = lefts.count
        case (.literal, .path): count = rights.count
        case (.literal, .literal): count = 1
        }
        var results: [PathMatch] = []
        for place in 0..<count {
            let first = lefts.count == 1 ? lefts[0] : lefts[place]
            let second = rights.count == 1 ? rights[0] : rights[place]
            guard let result = try combine(first, symbol, second) else { return [] }
            results.append(PathMatch(.value(result)))
        }
        return results
    }

    private static func values(
        _ operand: PathExpression.Operand, at match: PathMatch
    ) throws(PathError) -> [PathValue] {
        switch operand {
        case .literal(let value): [.value(value)]
        case .path(let path): try path.find(match).map(\.value)
        }
    }

    /// The result of one pair; nil where Python has no such operation.
    private static func combine(
        _ left: PathValue, _ symbol: PathExpression.Operator, _ right: PathValue
    ) throws(PathError) -> JSONValue? {
        if left.number != nil, right.number != nil { return numeric(left, symbol, right) }
        switch symbol {
        case .add: return joined(left, right)
        case .multiply:
            if let product = try repeated(left, right) { return product }
            return try repeated(right, left)
        case .subtract: return nil
        }
    }

    private static func numeric(_ left: PathValue, _ symbol: PathExpression.Operator, _ right: PathValue) -> JSONValue?
    {
        if let first = left.integer, let second = right.integer {
            let (result, overflow) =
                switch symbol {
                case .add: first.addingReportingOverflow(second)
                case .subtract: first.subtractingReportingOverflow(second)
                case .multiply: first.multipliedReportingOverflow(by: second)
                }
            if !overflow { return .int(result) }
        }
        guard let first = left.number, let second = right.number else { return nil }
        return switch symbol {
        case .add: .double(first + second)
        case .subtract: .double(first - second)
        case .multiply: .double(first * second)
        }
    }

    private static func joined(_ left: PathValue, _ right: PathValue) -> JSONValue? {
        if let first = left.text, let second = right.text { return .string(first + second) }
        if let first = left.elements, let second = right.elements { return .array((first + second).map(\.tree)) }
        return nil
    }

    private static func repeated(_ value: PathValue, _ times: PathValue) throws(PathError) -> JSONValue? {
        guard let count = times.integer, value.kind == .string || value.kind == .array, let length = value.length else {
            return nil
        }
        let times = max(0, count)
        guard times == 0 || Int64(length) <= repetitionLimit / times else { throw .tooMuchWork }
        if let text = value.text { return .string(String(repeating: text, count: Int(times))) }
        let elements = (value.elements ?? []).map(\.tree)
        return .array((0..<times).flatMap { _ in elements })
    }
}
