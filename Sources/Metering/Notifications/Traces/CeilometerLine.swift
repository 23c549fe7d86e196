import Crypto
import JSON
import Telemetry

/// Samples and events in the form in which Ceilometer's file publisher writes them: one JSON object a line, with its names.
enum CeilometerLine {
    static func object(for draft: SampleDraft, of notification: Notification, index: Int) -> JSONValue {
        .object([
            .init("name", draft.name), .init("type", draft.type), .init("unit", draft.unit),
            .init("volume", draft.volume),
            .init("user_id", draft.userID), .init("user_name", draft.userName), .init("project_id", draft.projectID),
            .init("project_name", draft.projectName), .init("resource_id", draft.resourceID),
            .init("timestamp", .string(draft.timestamp)), .init("resource_metadata", draft.metadata),
            .init("source", .string(draft.source)),
            .init("id", .string(draft.id ?? id(of: notification.messageID, index: index))),
            .init("monotonic_time", .null),
        ])
    }

    static func object(for event: Event) -> JSONValue {
        .object([
            .init("message_id", .string(event.messageID.text)), .init("event_type", .string(event.eventType)),
            .init("generated", .string(event.generated.pythonText)),
            .init("traits", .array(event.traits.map(object))), .init("raw", .object([])),
        ])
    }

    private static func object(for trait: Trait) -> JSONValue {
        .object([
            .init("name", .string(trait.name)), .init("dtype", .int(Int64(trait.value.type.rawValue))),
            .init("value", trait.value.json),
        ])
    }

    /// An id of the form of a UUID, version 8: from the message's id and the sample's place in it, so that converting again
    /// gives the same ids.
    private static func id(of message: MessageID, index: Int) -> String {
        var bytes = Array(SHA256.hash(data: Array("\(message.text)/\(index)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { PythonText.hexadecimal(UInt32($0), width: 2) }
        return [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
            .map { $0.joined() }.joined(separator: "-")
    }
}
