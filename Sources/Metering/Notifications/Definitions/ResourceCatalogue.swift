import Documents
package import JSON
package import Telemetry

/// Which resource type, attributes and archive policy belong to a meter, and what events do to resources.
package struct ResourceCatalogue: Sendable {
    /// The type of resources whose meters the file does not name. Ceilometer drops such samples; here they are kept.
    package static let unmappedType: ResourceType = "generic"
    /// Ceilometer's default, where the file names none.
    private static let standardPolicy = "ceilometer-low"

    package let resources: [ResourceDefinition]
    package let defaultArchivePolicy: String
    private let meters: [MeterName: MeterPlace]

    /// Where a meter belongs.
    package struct MeterPlace: Hashable, Sendable {
        package let type: ResourceType
        package let archivePolicy: String
        /// Whether the file names the policy for the meter or its type, and not only as its default.
        package let namesPolicy: Bool
        fileprivate let index: Int?
    }

    /// What an event does to a resource.
    package struct ResourceChange: Hashable, Sendable {
        package let change: ResourceDefinition.Change
        package let type: ResourceType
        package let id: ResourceID
        /// The attributes that the event tells, besides the id.
        package let attributes: [JSONValue.Member]
        package let associated: [ResourceDefinition.AssociatedResources]
    }

    init?(_ root: DocumentValue) {
        guard let mapping = root.mapping() else { return nil }
        // The policies themselves are written in archive_policies.yaml; those of this file are not read.
        _ = mapping.all()
        let policy = mapping["archive_policy_default"]?.string() ?? Self.standardPolicy
        let resources = (mapping["resources"]?.list() ?? []).compactMap {
            ResourceDefinition($0)
        }
        self.resources = resources
        self.defaultArchivePolicy = policy
        // Of several types that name a meter the last counts, as in Ceilometer's table.
        self.meters = Dictionary(
            resources.enumerated().flatMap { index, resource in
                resource.meters.map {
                    (
                        $0.meter,
                        MeterPlace(
                            type: resource.type, archivePolicy: $0.archivePolicy ?? policy,
                            namesPolicy: $0.archivePolicy != nil, index: index)
                    )
                }
            }, uniquingKeysWith: { $1 })
    }

    /// Where a meter belongs; one that the file does not name goes to the generic type with the default policy.
    package func place(of meter: MeterName) -> MeterPlace {
        meters[meter] ?? MeterPlace(type: Self.unmappedType, archivePolicy: defaultArchivePolicy, namesPolicy: false, index: nil)
    }

    /// The attributes that a sample tells of its resource. A path that can't be followed tells nothing.
    package func attributes(of sample: Sample) -> (values: [JSONValue.Member], rejections: [Rejection]) {
        guard let index = place(of: sample.meter).index else { return ([], []) }
        let view = PathValue.record([
            ("name", .value(.string(sample.meter.text))), ("type", .value(.string(sample.kind.rawValue))),
            ("unit", .value(.string(sample.unit))), ("volume", .value(.double(sample.volume))),
            ("user_id", .value(sample.userID.map { .string($0.text) } ?? .null)),
            ("project_id", .value(sample.projectID.map { .string($0.text) } ?? .null)),
            ("resource_id", .value(.string(sample.resourceID.text))),
            ("timestamp", .value(.string(sample.timestamp.text))), ("resource_metadata", .value(sample.metadata)),
        ])
        var values: [JSONValue.Member] = []
        var rejections: [Rejection] = []
        for field in resources[index].attributes {
            do throws(ConversionFault) {
                if let value = try field.first(in: view) { values.append(.init(field.name, value.tree)) }
            } catch {
                rejections.append(Rejection(subject: field.name, fault: error))
            }
        }
        return (values, rejections)
    }

    /// What an event does to a resource; nil where the file gives it no meaning or the event names no resource. The first type
    /// that the event means something to counts.
    package func change(by event: Event) -> ResourceChange? {
        for resource in resources {
            guard let change = resource.change(by: event.eventType) else { continue }
            let traits = Dictionary(event.traits.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            let attributes = resource.eventAttributes.compactMap { attribute in
                traits[attribute.trait].map { JSONValue.Member(attribute.name, $0.json) }
            }
            guard let id = attributes.first(where: { $0.key == "id" })?.value.string else { return nil }
            return ResourceChange(
                change: change, type: resource.type, id: ResourceID(id),
                attributes: attributes.filter { $0.key != "id" },
                associated: resource.associated)
        }
        return nil
    }
}

extension TraitValue {
    /// The value as JSON; times as Python prints them.
    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .int(let value): .int(value)
        case .float(let value): .double(value)
        case .datetime(let instant): .string(instant.pythonText)
        }
    }
}

extension Instant {
    /// `str` of a Python `datetime` without a zone: microseconds only where there are any.
    var pythonText: String {
        formatted(separator: " ", fractionDigits: nanoseconds % 1_000_000_000 == 0 ? 0 : 6, offset: "")
    }
}
