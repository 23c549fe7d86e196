import JSON
import Telemetry

extension Notification {
    /// The notification as definitions address it: `ctxt`, `publisher_id`, `event_type`, `payload` and `metadata` with the
    /// message's id and time.
    var view: PathValue {
        .record([
            ("ctxt", .node(context)),
            ("publisher_id", .value(publisherID.map(JSONValue.string) ?? .null)),
            ("event_type", .value(.string(eventType))),
            ("payload", .node(payload)),
            (
                "metadata",
                .record([
                    ("message_id", .value(.string(messageID.text))), ("timestamp", .value(.string(timestampText))),
                ])
            ),
        ])
    }
}
