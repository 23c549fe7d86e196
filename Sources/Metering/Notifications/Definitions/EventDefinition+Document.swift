import Documents
import JSON
import Telemetry

extension EventDefinition {
    /// The traits that every event has where the notification gives them a value; a definition's own come in their place.
    private static let defaultPaths: [(name: String, path: String)] = [
        ("service", "publisher_id"),
        ("request_id", "ctxt.request_id"),
        ("project_id", "(payload.tenant_id)|(ctxt.project_id)"),
        ("user_id", "(payload.user_id)|(ctxt.user_id)"),
        ("tenant_id", "(payload.tenant_id)|(ctxt.project_id)"),
    ]

    /// The definition for notifications that no other one takes.
    static let catchall = EventDefinition(included: [Glob("*")], excluded: [], traits: defaultTraits)

    static let defaultTraits: [TraitDefinition] = defaultPaths.map { name, path in
        do throws(PathSyntaxError) {
            return TraitDefinition(field: .init(name: name, source: .path(try Path(path)), plugin: nil), type: .text)
        } catch {
            preconditionFailure("the default trait \(name) has the path \(path): \(error)")
        }
    }

    /// Reads one entry of the list.
    init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        _ = mapping.all()
        let types = mapping.required("event_type")?.strings()
        let entries = mapping.required("traits").flatMap { $0.mapping() }?.all()
        guard let types, let entries else { return nil }
        let traits = entries.map { TraitDefinition($0.key, $0.value) }
        let complete = traits.compactMap(\.self)
        guard complete.count == traits.count else { return nil }
        let excluded = types.filter { $0.hasPrefix("!") }.map { Glob(String($0.dropFirst())) }
        let included = types.filter { !$0.hasPrefix("!") }.map(Glob.init)
        self.init(
            included: included.isEmpty && !excluded.isEmpty ? [Glob("*")] : included, excluded: excluded,
            traits: Self.merged(complete))
    }

    /// The default traits with the definition's own in their place, and the others after them.
    private static func merged(_ traits: [TraitDefinition]) -> [TraitDefinition] {
        var result = defaultTraits
        for trait in traits {
            if let place = result.firstIndex(where: { $0.field.name == trait.field.name }) {
                result[place] = trait
            } else {
                result.append(trait)
            }
        }
        return result
    }
}

extension TraitDefinition {
    init?(_ name: String, _ value: DocumentValue) {
        let field = FieldDefinition(name, value)
        let type = value.kind == .mapping ? Self.type(value.mapping()?["type"]) : .text
        guard let field, let type else { return nil }
        self.init(field: field, type: type)
    }

    private static func type(_ value: DocumentValue?) -> TraitType? {
        guard let value else { return .text }
        return value.parse("one of text, int, float, datetime") { text in
            switch text.lowercased() {
            case "text", "none": .text
            case "int": .int
            case "float": .float
            case "datetime": .datetime
            default: nil
            }
        }
    }
}
