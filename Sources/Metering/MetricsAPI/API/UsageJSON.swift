import JSON
import Telemetry
import Usage

extension JSONValue {
    init(_ row: UsageReport.Row) {
        self = .object([
            .init("project_id", JSONValue(row.projectID)), .init("resource_type", .string(row.resourceType.text)),
            .init("resource_id", .string(row.resourceID.text)), .init("meter", .string(row.meter.text)),
            .init("quantity", .string(row.quantity.text)), .init("unit", .string(row.unit.rawValue)),
            .init("start", JSONValue(row.start)), .init("end", JSONValue(row.end)),
        ])
    }

    /// The intervals of a resource, then the facts outside of every interval: why something is billed, and why something isn't.
    static func lines(_ explanation: UsageExplanation) -> [JSONValue] {
        explanation.chapters.map { JSONValue($0) }
            + explanation.others.map { fact in
                .object(
                    [
                        .init("kind", "fact"), .init("resource_type", .string(fact.resourceType.text)),
                        .init("resource_id", .string(fact.resourceID.text)),
                    ] + members(of: fact))
            }
    }

    private init(_ chapter: UsageExplanation.Chapter) {
        let interval = chapter.interval
        let attributes = interval.attributes
        self = .object([
            .init("kind", "interval"), .init("id", .string(interval.id)),
            .init("resource_type", .string(interval.resourceType.text)),
            .init("resource_id", .string(interval.resourceID.text)), .init("start", JSONValue(interval.from)),
            .init("end", JSONValue(interval.to)), .init("state", JSONValue(attributes.state)),
            .init("project_id", JSONValue(attributes.projectID)), .init("user_id", JSONValue(attributes.userID)),
            .init("host", JSONValue(attributes.host)),
            .init("flavor", attributes.flavor.map { .string($0.name) } ?? .null),
            .init("size_bytes", attributes.sizeBytes.map { .int($0) } ?? .null),
            .init("type", attributes.type.map { .string($0) } ?? .null), .init("audited", .bool(interval.isAudited)),
            .init("opened_by", JSONValue(interval.openedBy, chapter.opening)),
            .init("closed_by", interval.closedBy.map { JSONValue($0, chapter.closing) } ?? .null),
            .init("confirmations", .array(chapter.confirmations.map { .object(Self.members(of: $0)) })),
        ])
    }

    /// The notification behind an interval's edge.
    private init(_ id: MessageID, _ fact: UsageFact?) {
        self = .object([
            .init("message_id", .string(id.text)), .init("event_type", fact.map { .string($0.eventType) } ?? .null),
            .init("generated", JSONValue(fact?.generated)),
        ])
    }

    /// What a notification says of the resource.
    private static func members(of fact: UsageFact) -> [Member] {
        let attributes = fact.attributes
        return [
            .init("message_id", .string(fact.messageID.text)), .init("event_type", .string(fact.eventType)),
            .init("generated", JSONValue(fact.generated)), .init("standing", .string(fact.standing.rawValue)),
            .init("start_told", fact.start.map { .string($0.text) } ?? .null),
            .init("end_told", fact.end.map { .string($0.text) } ?? .null),
            .init("state", JSONValue(attributes.state)), .init("project_id", JSONValue(attributes.projectID)),
            .init("host", JSONValue(attributes.host)),
            .init("flavor", attributes.flavor.map { .string($0.name) } ?? .null),
            .init("size_bytes", attributes.sizeBytes.map { .int($0) } ?? .null),
        ]
    }
}

extension UsageFact.Start {
    fileprivate var text: String {
        switch self {
        case .stated(let instant): "stated \(instant.text)"
        case .presumed(let instant): "presumed \(instant.text)"
        case .pending: "pending"
        case .denied: "denied"
        }
    }
}

extension UsageFact.End {
    fileprivate var text: String {
        switch self {
        case .stated(let instant): "stated \(instant.text)"
        case .noticed(let instant): "noticed \(instant.text)"
        case .passed: "passed"
        }
    }
}
