import Documents
import JSON

extension FieldDefinition {
    /// Reads one attribute: a path, a list of paths of which the first with a value counts, a whole number or boolean that
    /// stands for itself, or a mapping of `fields` and `plugin`.
    init?(_ name: String, _ value: DocumentValue) {
        self.name = name
        guard value.kind == .mapping else {
            guard let source = Self.source(value) else { return nil }
            self.source = source
            self.plugin = nil
            return
        }
        guard let mapping = value.mapping() else { return nil }
        // Keys without a meaning here are Ceilometer's to define; they are taken and not looked at.
        _ = mapping.all()
        let plugin = mapping["plugin"]
        let parsed = plugin.map(TraitPlugin.init)
        guard let fields = mapping.required("fields"), let source = Self.source(fields) else { return nil }
        if plugin != nil, parsed == nil || parsed == .some(.none) { return nil }
        self.source = source
        self.plugin = parsed ?? nil
    }

    private static func source(_ value: DocumentValue) -> Source? {
        switch value.kind {
        case .int, .bool: return .constant(value.configuration)
        case .string: return path(value.text ?? "", value)
        case .list:
            guard let paths = value.strings() else { return nil }
            let text = paths.count == 1 ? paths[0] : paths.map { "(\($0))" }.joined(separator: "|")
            return path(text, value)
        case .null, .float, .mapping:
            value.reject(expected: "a path, a list of paths or a whole number")
            return nil
        }
    }

    private static func path(_ text: String, _ value: DocumentValue) -> Source? {
        do throws(PathSyntaxError) {
            return .path(try Path(text))
        } catch {
            value.report("the path \(text) can't be read: \(error)")
            return nil
        }
    }
}
