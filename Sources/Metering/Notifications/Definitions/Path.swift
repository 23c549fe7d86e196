import JSON

/// A compiled path of a definition, quick where it is nothing but names, as most are.
struct Path: Hashable, Sendable {
    let text: String
    private let form: Form

    private enum Form: Hashable, Sendable {
        /// Plain ways from the root, the ones of a union one after another.
        case chains([[String]])
        case expression(PathExpression)
    }

    /// A value that a path found, with the way to it as plugins see it.
    struct Found: Sendable {
        let path: String
        let value: PathValue
    }

    init(_ text: String) throws(PathSyntaxError) {
        self.text = text
        let expression = try PathParser.parse(text)
        self.form = Self.chains(of: expression).map(Form.chains) ?? .expression(expression)
    }

    /// The first value that is not null; nil where there is none.
    func first(in message: PathValue) throws(PathError) -> PathValue? {
        switch form {
        case .chains(let chains):
            for chain in chains {
                if let value = Self.follow(chain, from: message), !value.isNull { return value }
            }
            return nil
        case .expression(let expression):
            return try expression.find(PathMatch(message)).first { !$0.value.isNull }?.value
        }
    }

    /// Every value, null ones too.
    func all(in message: PathValue) throws(PathError) -> [Found] {
        switch form {
        case .chains(let chains):
            chains.compactMap { chain in
                Self.follow(chain, from: message).map { Found(path: chain.joined(separator: "."), value: $0) }
            }
        case .expression(let expression):
            try expression.find(PathMatch(message)).map { Found(path: $0.path, value: $0.value) }
        }
    }

    private static func follow(_ chain: [String], from message: PathValue) -> PathValue? {
        var value = message
        for key in chain {
            guard let member = value.member(key) else { return nil }
            value = member
        }
        return value
    }

    private static func chains(of expression: PathExpression) -> [[String]]? {
        if case .union(let left, let right) = expression {
            guard let first = chains(of: left), let second = chains(of: right) else { return nil }
            return first + second
        }
        return chain(of: expression).map { [$0] }
    }

    private static func chain(of expression: PathExpression) -> [String]? {
        switch expression {
        case .root: return []
        case .fields(let names): return names.count == 1 && names != ["*"] ? names : nil
        case .child(let left, let right):
            guard case .fields = right, let first = chain(of: left), let last = chain(of: right) else { return nil }
            return first + last
        default: return nil
        }
    }
}
