import JSON
package import Telemetry

/// One resource type of `gnocchi_resources.yaml`: its meters, its attributes, and the events that begin and end it.
package struct ResourceDefinition: Hashable, Sendable {
    package let type: ResourceType
    let meters: [MeterRule]
    let attributes: [FieldDefinition]
    let creating: [Glob]
    let deleting: [Glob]
    let updating: [Glob]
    let eventAttributes: [EventAttribute]
    /// Types whose resources end with this one, and the attribute by which they refer to it.
    package let associated: [AssociatedResources]

    /// A meter of the type and the archive policy of its metrics; nil for the file's default.
    struct MeterRule: Hashable, Sendable {
        let meter: MeterName
        let archivePolicy: String?
    }

    /// An attribute of the resource and the trait that it is taken from.
    struct EventAttribute: Hashable, Sendable {
        let name: String
        let trait: String
    }

    package struct AssociatedResources: Hashable, Sendable {
        package let type: ResourceType
        package let attribute: String
    }

    /// What an event does to the resource.
    package enum Change: Hashable, Sendable {
        case create, update, delete
    }

    /// What an event of this type does to a resource of this type; nil where nothing.
    func change(by eventType: String) -> Change? {
        if creating.contains(where: { $0.matches(eventType) }) { return .create }
        if deleting.contains(where: { $0.matches(eventType) }) { return .delete }
        if updating.contains(where: { $0.matches(eventType) }) { return .update }
        return nil
    }
}
