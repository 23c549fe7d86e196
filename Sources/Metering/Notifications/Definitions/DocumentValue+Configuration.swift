import Documents
import JSON

extension DocumentValue {
    /// The value as data, for parts of definitions that may be of any kind.
    var configuration: JSONValue {
        switch kind {
        case .null: .null
        case .bool: .bool(text?.lowercased() == "true")
        case .int: Self.integer(text ?? "")
        case .float: .double(text.flatMap(Double.init) ?? .nan)
        case .string: .string(text ?? "")
        case .list: .array((list() ?? []).map(\.configuration))
        case .mapping: .object((mapping()?.all() ?? []).map { .init($0.key, $0.value.configuration) })
        }
    }

    private static func integer(_ text: String) -> JSONValue {
        if let value = Int64(text) { return .int(value) }
        return .double(Double(text) ?? .nan)
    }

    /// Whether Python takes the value for false, which Ceilometer takes for absent.
    var isFalsy: Bool { !configuration.isTruthy }
}
