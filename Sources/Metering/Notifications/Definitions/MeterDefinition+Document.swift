import Documents
import JSON
import Telemetry

extension MeterDefinition {
    private static let requiredKeys = ["name", "type", "event_type", "unit", "volume", "resource_id"]

    /// Reads one entry. Keys that Ceilometer does not know either are ignored, so that files for its other versions work.
    init?(_ value: DocumentValue) {
        guard let mapping = value.mapping() else { return nil }
        let entries = Dictionary(mapping.all().map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let missing = Self.requiredKeys.filter { entries[$0]?.isFalsy ?? true }
        guard missing.isEmpty else {
            mapping.report("the meter lacks " + missing.joined(separator: ", "))
            return nil
        }
        let patterns = Self.patterns(entries["event_type"])
        let attributes = Attribute.allCases.compactMap { attribute -> (Attribute, FieldDefinition?)? in
            guard let entry = entries[attribute.rawValue], !entry.isFalsy else { return nil }
            return (attribute, FieldDefinition(attribute.rawValue, entry))
        }
        let metadata = (entries["metadata"]?.mapping()?.all() ?? []).map { FieldDefinition($0.key, $0.value) }
        let userEntry = entries["user_metadata"].flatMap { $0.isFalsy ? nil : $0 }
        let userMetadata = userEntry.map { FieldDefinition("user_metadata", $0) }
        let lookup = entries["lookup"].flatMap { $0.isFalsy ? nil : $0.strings() }
        let hasKind = Self.checkKind(entries["type"], lookup)
        guard let patterns, hasKind, attributes.allSatisfy({ $0.1 != nil }), metadata.allSatisfy({ $0 != nil }),
            userEntry == nil || userMetadata != .some(.none)
        else { return nil }
        self.literals = Literals(
            name: entries["name"]?.configuration ?? .null, type: entries["type"]?.configuration ?? .null,
            unit: entries["unit"]?.configuration ?? .null)
        self.eventTypes = patterns
        self.attributes = Dictionary(
            attributes.compactMap { pair in pair.1.map { (pair.0, $0) } }, uniquingKeysWith: { first, _ in first })
        self.metadata = metadata.compactMap(\.self)
        self.userMetadata = userMetadata ?? nil
        self.lookup = lookup.map(Set.init)
    }

    private static func patterns(_ value: DocumentValue?) -> [Pattern]? {
        let values = value?.listOrSingle() ?? []
        let patterns = values.map { value -> Pattern? in
            guard let text = value.string() else { return nil }
            do throws(PatternSyntaxError) {
                return try Pattern(text)
            } catch {
                value.report("the event type can't be read as a regular expression: \(error)")
                return nil
            }
        }
        let complete = patterns.compactMap(\.self)
        return complete.count == patterns.count ? complete : nil
    }

    /// The type must be one of the three, unless the notification itself says it.
    private static func checkKind(_ value: DocumentValue?, _ lookup: [String]?) -> Bool {
        if lookup?.contains("type") ?? false { return true }
        guard let value, let text = value.text, MeterKind(rawValue: text) != nil else {
            value?.reject(expected: "one of gauge, delta, cumulative")
            return false
        }
        return true
    }
}
