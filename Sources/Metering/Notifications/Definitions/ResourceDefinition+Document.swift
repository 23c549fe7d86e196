import Documents
import JSON
import Telemetry

extension ResourceDefinition {
    init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        _ = mapping.all()
        let type = mapping.required("resource_type")?.string()
        let override = mapping["archive_policy"]?.string()
        let meters = mapping.required("metrics").flatMap { Self.meters($0, override: override) }
        let attributes = (mapping["attributes"]?.mapping()?.all() ?? []).map { FieldDefinition($0.key, $0.value) }
        let creating = Self.globs(mapping["event_create"])
        let deleting = Self.globs(mapping["event_delete"])
        let updating = Self.globs(mapping["event_update"])
        let eventAttributes = Self.eventAttributes(mapping["event_attributes"])
        let associated = Self.associated(mapping["event_associated_resources"])
        let hasEvents = !(creating + deleting + updating).isEmpty
        if hasEvents, !eventAttributes.contains(where: { $0.name == "id" }) {
            mapping.report("a type with events needs the event attribute id")
        }
        guard let type, let meters, attributes.allSatisfy({ $0 != nil }) else { return nil }
        self.init(
            type: ResourceType(type), meters: meters, attributes: attributes.compactMap(\.self), creating: creating,
            deleting: deleting, updating: updating, eventAttributes: eventAttributes, associated: associated)
    }

    /// A list of names, or a mapping of names to their settings.
    private static func meters(_ value: DocumentValue, override: String?) -> [MeterRule]? {
        if value.kind == .list {
            return value.strings()?.map { MeterRule(meter: MeterName($0), archivePolicy: override) }
        }
        return value.mapping()?.all().map { name, settings in
            var policy: String?
            if settings.kind != .null, let mapping = settings.mapping() {
                _ = mapping.all()
                policy = mapping["archive_policy_name"]?.string()
            }
            return MeterRule(meter: MeterName(name), archivePolicy: override ?? policy)
        }
    }

    private static func globs(_ value: DocumentValue?) -> [Glob] {
        (value?.strings() ?? []).map(Glob.init)
    }

    private static func eventAttributes(_ value: DocumentValue?) -> [EventAttribute] {
        (value?.mapping()?.all() ?? []).compactMap { name, trait in
            trait.string().map { EventAttribute(name: name, trait: $0) }
        }
    }

    private static func associated(_ value: DocumentValue?) -> [AssociatedResources] {
        (value?.mapping()?.all() ?? []).compactMap { type, query in
            guard let text = query.string() else { return nil }
            guard let attribute = attribute(of: text) else {
                query.report("must be of the form {\"=\": {\"<attribute>\": \"%s\"}}")
                return nil
            }
            return AssociatedResources(type: ResourceType(type), attribute: attribute)
        }
    }

    /// The attribute of a query of Gnocchi's that compares it with the resource's id, for which `%s` stands; nil for any other.
    private static func attribute(of query: String) -> String? {
        let tree: JSONValue
        do throws(JSONError) {
            tree = try JSONValue(parsing: query)
        } catch {
            return nil
        }
        guard let comparison = tree.members, comparison.count == 1, ["=", "==", "eq"].contains(comparison[0].key),
            let operands = comparison[0].value.members, operands.count == 1, operands[0].value.string == "%s"
        else { return nil }
        return operands[0].key
    }
}
