import JSON
import Telemetry

extension Notification {
    /// The members of oslo.messaging's envelope and message (oslo.messaging, `_drivers/common.py` and `notify/`).
    private enum Key {
        static let version = "oslo.version"
        static let message = "oslo.message"
        static let context = "_context"
        /// Drivers other than Kafka's write the context's members side by side with the message's.
        static let flatContextPrefix = "_context_"
    }

    /// Reads a message: JSON text inside an envelope of version 2, or a bare object as version 1 sent it.
    package init(
        reading bytes: UnsafeRawBufferPointer, limits: NotificationLimits = NotificationLimits()
    ) throws(EnvelopeError) {
        let outer = try Self.root(limits) { rules throws(JSONError) in try JSONDocument(parsing: bytes, limits: rules) }
        try self.init(outer: outer, limits: limits)
    }

    /// Reads a message as `init(reading:)` does, from bytes that become the notification's own.
    package init(reading bytes: [UInt8], limits: NotificationLimits = NotificationLimits()) throws(EnvelopeError) {
        let outer = try Self.root(limits) { rules throws(JSONError) in try JSONDocument(parsing: bytes, limits: rules) }
        try self.init(outer: outer, limits: limits)
    }

    private init(outer: JSONNode, limits: NotificationLimits) throws(EnvelopeError) {
        guard outer.kind == .object else { throw EnvelopeError(.notAnObject) }
        guard let version = outer[Key.version] else {
            try self.init(message: outer)
            return
        }
        guard version.string?.split(separator: ".").first == "2" else { throw EnvelopeError(.unsupportedVersion) }
        guard let text = outer[Key.message]?.stringBytes else { throw EnvelopeError(.messageNotText) }
        let message = try Self.root(limits) { rules throws(JSONError) in try JSONDocument(parsing: text, limits: rules)
        }
        guard message.kind == .object else { throw EnvelopeError(.notAnObject) }
        try self.init(message: message)
    }

    private static func root(
        _ limits: NotificationLimits, _ read: (JSONLimits) throws(JSONError) -> JSONDocument
    ) throws(EnvelopeError) -> JSONNode {
        do throws(JSONError) {
            return try read(limits.json).root
        } catch {
            throw EnvelopeError(error)
        }
    }

    private init(message: JSONNode) throws(EnvelopeError) {
        guard let messageID = message["message_id"]?.string, !messageID.isEmpty else {
            throw EnvelopeError(.messageIDMissing)
        }
        guard let eventType = message["event_type"]?.string, !eventType.isEmpty else {
            throw EnvelopeError(.eventTypeMissing)
        }
        guard let text = message["timestamp"]?.string, let time = ISO8601Time(text) else {
            throw EnvelopeError(.timestampInvalid)
        }
        self.messageID = MessageID(messageID)
        self.publisherID = message["publisher_id"]?.string
        self.eventType = eventType
        self.priority = message["priority"]?.string.flatMap { Priority(rawValue: $0.lowercased()) } ?? .unknown
        self.timestamp = time.instant
        self.timestampText = text
        self.payload = message["payload"] ?? .null
        if let context = message[Key.context] {
            self.context = context
        } else {
            self.context = try Self.flatContext(of: message)
        }
    }

    /// The object that the members with the context's prefix would be.
    private static func flatContext(of message: JSONNode) throws(EnvelopeError) -> JSONNode {
        let members = message.members.filter { $0.key.startsExactly(with: Key.flatContextPrefix) }
        guard !members.isEmpty else { return .emptyObject }
        let object = JSONValue.object(
            members.map {
                .init(
                    String(decoding: $0.key.utf8.dropFirst(Key.flatContextPrefix.utf8.count), as: UTF8.self),
                    $0.value.value)
            })
        var text: [UInt8] = []
        object.write(to: &text)
        // The members may be written longer than they were read, so that no limit of size applies.
        do throws(JSONError) {
            return try JSONDocument(parsing: text, limits: JSONLimits(sizeLimit: JSONLimits.largestSizeLimit)).root
        } catch {
            throw EnvelopeError(error)
        }
    }
}
