import JSON
import Telemetry

extension MeterDefinition {
    /// Where the user and project come from when a definition names no place. The library reads these as
    /// `ctxt.(user_id|ctxt).user` and `ctxt.(project_id|ctxt).tenant_id`, which no context has; Ceilometer's samples then
    /// have none, and so do ours.
    private static let fallbackUser = field("user_id", "ctxt.user_id|ctxt.user")
    private static let fallbackProject = field("project_id", "ctxt.project_id|ctxt.tenant_id")

    private static func field(_ name: String, _ path: String) -> FieldDefinition {
        do throws(PathSyntaxError) {
            return FieldDefinition(name: name, source: .path(try Path(path)), plugin: nil)
        } catch {
            preconditionFailure("the fallback \(path): \(error)")
        }
    }

    /// The samples that the definition makes of a notification of its type, with the metadata that it asks for.
    func drafts(
        of notification: Notification, _ view: PathValue, _ metadata: JSONValue, _ options: ConversionOptions
    ) throws(ConversionFault) -> [SampleDraft] {
        let rest = Rest(metadata: metadata, notification: notification, source: options.sampleSource)
        if let lookup {
            return try lookedUp(lookup, view).map { values throws(ConversionFault) in try rest.draft(values) }
        }
        var values = try defaults(view)
        for attribute in Attribute.allCases {
            if let value = try attributes[attribute]?.first(in: view) { values[attribute] = value }
        }
        return [try rest.draft(values)]
    }

    private func defaults(_ view: PathValue) throws(ConversionFault) -> [Attribute: PathValue] {
        [
            .name: .value(literals.name), .type: .value(literals.type), .unit: .value(literals.unit),
            .userID: try Self.fallbackUser.first(in: view) ?? .value(.null),
            .projectID: try Self.fallbackProject.first(in: view) ?? .value(.null),
        ]
    }

    /// The metadata of the samples; without any of its own a definition gives them those of the payload.
    func metadata(
        of notification: Notification, _ view: PathValue, _ reserved: ReservedMetadata
    ) throws(ConversionFault) -> JSONValue {
        let own = try ownMetadata(view, reserved)
        return .object(own.isEmpty ? notification.payloadMetadata : own)
    }

    private func ownMetadata(
        _ view: PathValue, _ reserved: ReservedMetadata
    ) throws(ConversionFault) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        for field in metadata {
            if let value = try field.first(in: view)?.tree, value.isTruthy { members.append(.init(field.name, value)) }
        }
        guard let source = try userMetadata?.first(in: view), source.isTruthy else { return members }
        guard source.kind == .object else { throw .userMetadataNotObject }
        let copied = reserved.members(of: source, besides: members)
        if !copied.isEmpty {
            members.removeAll { $0.key == "user_metadata" }
            members.append(.init("user_metadata", .object(copied)))
        }
        return members
    }

    /// One set of attributes for each sample: those in `lookup` have as many values as the name, the others one.
    private func lookedUp(_ lookup: Set<String>, _ view: PathValue) throws(ConversionFault) -> [[Attribute: PathValue]]
    {
        var columns = try defaults(view).mapValues { [$0] }
        for attribute in Attribute.allCases {
            guard let field = attributes[attribute] else { continue }
            let values = try field.all(in: view)
            let isExpected = attribute == .name || lookup.contains(attribute.rawValue)
            guard let values else {
                // A constant has no number of values; Ceilometer stumbles over it too.
                throw .lookupUneven
            }
            if isExpected || !values.isEmpty { columns[attribute] = values }
        }
        let count = columns[.name]?.count ?? 0
        var rows = Array(repeating: [Attribute: PathValue](), count: count)
        guard count > 0 else { return [] }
        for attribute in Attribute.allCases {
            let values = columns[attribute] ?? [.value(.null)]
            let isShared = values.count == 1 && !lookup.contains(attribute.rawValue)
            guard values.count == count || isShared else { throw .lookupUneven }
            for place in 0..<count {
                rows[place][attribute] = values[values.count == count ? place : 0]
            }
        }
        return rows
    }

    /// What the samples of one notification share.
    private struct Rest {
        let metadata: JSONValue
        let notification: Notification
        let source: String

        func draft(_ values: [Attribute: PathValue]) throws(ConversionFault) -> SampleDraft {
            func tree(_ attribute: Attribute) -> JSONValue { values[attribute]?.tree ?? .null }
            guard let type = values[.type]?.text, MeterKind(rawValue: type) != nil else { throw .kindUnknown }
            let own = tree(.timestamp)
            let text = own.isTruthy ? own.string : notification.timestampText
            guard let time = text.flatMap(ISO8601Time.init) else { throw .timestampInvalid }
            return SampleDraft(
                name: tree(.name), type: .string(type), unit: tree(.unit), volume: tree(.volume), userID: tree(.userID),
                projectID: tree(.projectID), resourceID: tree(.resourceID), userName: .null, projectName: .null,
                timestamp: time.isoformat, metadata: metadata, source: source, id: nil)
        }
    }
}
