import JSON

/// One entry of `meters.yaml`: which notifications give samples of a meter, and where each attribute comes from.
struct MeterDefinition: Hashable, Sendable {
    /// Attributes in the order in which Ceilometer takes them.
    enum Attribute: String, Hashable, Sendable, CaseIterable {
        case name, type, volume, unit, timestamp
        case userID = "user_id"
        case projectID = "project_id"
        case resourceID = "resource_id"
    }

    /// What the file says for the name, type and unit: used as it stands where it finds nothing as a path.
    let literals: Literals
    let eventTypes: [Pattern]
    let attributes: [Attribute: FieldDefinition]
    let metadata: [FieldDefinition]
    let userMetadata: FieldDefinition?
    /// The attributes that have one value per sample, where one notification gives several samples.
    let lookup: Set<String>?

    struct Literals: Hashable, Sendable {
        let name: JSONValue
        let type: JSONValue
        let unit: JSONValue
    }

    /// The name for problems and counts.
    var label: String { literals.name.string ?? literals.name.text }

    /// Whether the definition is meant for notifications of this type: a pattern fits at its start.
    func matches(_ eventType: String) throws(PatternOverrun) -> Bool {
        for pattern in eventTypes where try pattern.match(eventType) != nil {
            return true
        }
        return false
    }
}
