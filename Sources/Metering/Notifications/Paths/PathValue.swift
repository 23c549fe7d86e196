import JSON

/// What a path looks at and finds: a value inside a notification's text, or one that was computed.
///
/// Values behave as Python's do where Ceilometer's definitions depend on it: `true` counts as 1, text has a length.
enum PathValue: Sendable {
    case node(JSONNode)
    case value(JSONValue)
    /// The notification as definitions see it; its members are views, so that nothing is copied.
    case record([(key: String, value: PathValue)])

    var kind: JSONKind {
        switch self {
        case .node(let node): node.kind
        case .value(let value): value.kind
        case .record: .object
        }
    }

    var isNull: Bool { kind == .null }

    /// Whether Python takes the value for true.
    var isTruthy: Bool {
        // The tree of a large object is not worth building to see that it has a member.
        if case .node(let node) = self, node.kind == .object { return node.members.contains { _ in true } }
        return tree.isTruthy
    }

    /// The value as a tree of its own.
    var tree: JSONValue {
        switch self {
        case .node(let node): node.value
        case .value(let value): value
        case .record(let members): .object(members.map { .init($0.key, $0.value.tree) })
        }
    }

    var text: String? {
        switch self {
        case .node(let node): node.string
        case .value(let value): value.string
        case .record: nil
        }
    }

    /// The member of an object; nil where there is none or the value is no object.
    func member(_ key: String) -> PathValue? {
        switch self {
        case .node(let node): node[key].map(PathValue.node)
        case .value(let value): value[key].map(PathValue.value)
        case .record(let members): members.first { $0.key.isExactly(key) }?.value
        }
    }

    /// The members of an object, each key once; nil for any other kind. Whoever wants them all asks for this, because looking up one
    /// key passes by those before it.
    var members: [(key: String, value: PathValue)]? {
        switch self {
        case .node(let node): node.kind == .object ? node.uniqueMembers.map { ($0.key, .node($0.value)) } : nil
        case .value(let value): value.members?.map { ($0.key, .value($0.value)) }
        case .record(let members): members
        }
    }

    /// The elements of an array; nil for any other kind.
    var elements: [PathValue]? {
        switch self {
        case .node(let node): node.kind == .array ? node.elements.map(PathValue.node) : nil
        case .value(let value): value.elements?.map(PathValue.value)
        case .record: nil
        }
    }

    /// The length of a text (in code points), array or object; nil for what has none.
    var length: Int? {
        switch kind {
        case .string: text?.unicodeScalars.count
        case .array: elements?.count
        case .object: members?.count
        case .null, .bool, .number: nil
        }
    }

    /// The integer of a boolean or of a number without fraction; nil for the rest.
    var integer: Int64? {
        switch self {
        case .node(let node): node.int ?? node.bool.map { $0 ? 1 : 0 }
        case .value(let value): value.int ?? value.bool.map { $0 ? 1 : 0 }
        case .record: nil
        }
    }

    /// The number, a boolean being 0 or 1; nil for the rest.
    var number: Double? {
        switch self {
        case .node(let node): node.double ?? node.bool.map { $0 ? 1 : 0 }
        case .value(let value): value.number ?? value.bool.map { $0 ? 1 : 0 }
        case .record: nil
        }
    }
}

extension JSONValue {
    var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int, .double: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Whether Python takes the value for true.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let value): !value.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// Whether Python finds two values equal: 1, 1.0 and true are, and the order of members does not count.
    func isEqual(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.string(let left), .string(let right)): left.unicodeScalars.elementsEqual(right.unicodeScalars)
        case (.int(let left), .int(let right)): left == right
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEqual($1) }
        case (.object(let left), .object(let right)):
            left.count == right.count && haveEqualMembers(left, right)
        default:
            Self.areEqualNumbers(self, other)
        }
    }

    private func haveEqualMembers(_ left: [Member], _ right: [Member]) -> Bool {
        let values = Dictionary(right.map { (ExactText($0.key), $0.value) }) { _, last in last }
        return left.allSatisfy { values[ExactText($0.key)]?.isEqual($0.value) ?? false }
    }

    private static func areEqualNumbers(_ left: JSONValue, _ right: JSONValue) -> Bool {
        guard let left = PathValue.value(left).number, let right = PathValue.value(right).number else { return false }
        return left == right
    }
}
