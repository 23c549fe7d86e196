import JSON

/// Where one attribute of a sample or event comes from: a constant, or a path with a plugin behind it.
struct FieldDefinition: Hashable, Sendable {
    let name: String
    let source: Source
    let plugin: TraitPlugin?

    enum Source: Hashable, Sendable {
        case constant(JSONValue)
        case path(Path)
    }

    /// The first value that is not null; nil where there is none. A constant passes by the plugin.
    func first(in message: PathValue) throws(ConversionFault) -> PathValue? {
        guard case .path(let path) = source else { return constant.map(PathValue.value) }
        guard let plugin else { return try Self.checked { () throws(PathError) in try path.first(in: message) } }
        let found = try Self.checked { () throws(PathError) in try path.all(in: message) }
        return try plugin.values(from: found.filter { !$0.value.isNull }).first.map(PathValue.value)
    }

    /// Every value, null ones too; nil for a constant, which has no number of values.
    func all(in message: PathValue) throws(ConversionFault) -> [PathValue]? {
        guard case .path(let path) = source else { return nil }
        let found = try Self.checked { () throws(PathError) in try path.all(in: message) }
        guard let plugin else { return found.map(\.value) }
        guard plugin.givesAllValues else { throw .pluginInLookup }
        return try plugin.values(from: found).map(PathValue.value)
    }

    var constant: JSONValue? {
        guard case .constant(let value) = source else { return nil }
        return value
    }

    private static func checked<Value>(_ find: () throws(PathError) -> Value) throws(ConversionFault) -> Value {
        do throws(PathError) {
            return try find()
        } catch {
            throw .path(error)
        }
    }
}
