import JSON
import Notifications
import Telemetry
import Testing

@Suite("Reading notifications")
struct NotificationTests {
    private static let message = """
        {"message_id": "m1", "publisher_id": "compute.c1", "event_type": "compute.instance.create.end", "priority": "INFO", \
        "timestamp": "2026-11-23 19:03:19.155489", "payload": {"instance_id": "s1"}, "_context": {"request_id": "req-1"}}
        """

    /// The message in an envelope of version 2.
    private static func wrapped(_ message: String, version: String = "2.0") -> String {
        JSONValue.object([.init("oslo.version", .string(version)), .init("oslo.message", .string(message))]).text
    }

    private static func read(_ text: String, _ limits: NotificationLimits = NotificationLimits()) throws -> Notification
    {
        try Notification(reading: Array(text.utf8), limits: limits)
    }

    @Test("an envelope of version 2 and a bare message say the same", arguments: [wrapped(message), message])
    func bothVersions(_ text: String) throws {
        let notification = try Self.read(text)
        #expect(notification.messageID == "m1")
        #expect(notification.publisherID == "compute.c1")
        #expect(notification.eventType == "compute.instance.create.end")
        #expect(notification.priority == .info)
        #expect(notification.timestamp == Instant("2026-11-23T19:03:19.155489Z"))
        #expect(notification.payload["instance_id"]?.string == "s1")
        #expect(notification.context["request_id"]?.string == "req-1")
    }

    @Test("a context that is spread over the message is put together")
    func flatContext() throws {
        let text =
            #"{"message_id":"m","event_type":"e","timestamp":"2026-11-23","_context_user":"u","_context_roles":["a"]}"#
        let notification = try Self.read(text)
        #expect(notification.context.value == ["user": "u", "roles": ["a"]])
        #expect(notification.payload.isNull)
        #expect(notification.publisherID == nil)
        #expect(notification.priority == .unknown)
    }

    @Test(
        "what is no notification is refused with its reason",
        arguments: [
            ("", .notJSON), ("{", .notJSON), ("[]", .notAnObject), ("\"x\"", .notAnObject), ("{}", .messageIDMissing),
            (#"{"oslo.version":"1.0","oslo.message":"{}"}"#, .unsupportedVersion),
            (#"{"oslo.version":2,"oslo.message":"{}"}"#, .unsupportedVersion),
            (#"{"oslo.version":"2.0"}"#, .messageNotText),
            (#"{"oslo.version":"2.0","oslo.message":{}}"#, .messageNotText),
            (#"{"oslo.version":"2.0","oslo.message":"[]"}"#, .notAnObject),
            (#"{"oslo.version":"2.0","oslo.message":"{"}"#, .notJSON), (#"{"message_id":""}"#, .messageIDMissing),
            (#"{"message_id":7}"#, .messageIDMissing), (#"{"message_id":"m"}"#, .eventTypeMissing),
            (#"{"message_id":"m","event_type":"e"}"#, .timestampInvalid),
            (#"{"message_id":"m","event_type":"e","timestamp":"yesterday"}"#, .timestampInvalid),
        ] as [(String, EnvelopeError.Reason)])
    func refusals(_ text: String, _ reason: EnvelopeError.Reason) throws {
        let error = #expect(throws: EnvelopeError.self) { try Self.read(text) }
        #expect(error?.reason == reason)
    }

    @Test("bytes that are not UTF-8 are refused")
    func notUTF8() throws {
        let error = #expect(throws: EnvelopeError.self) { try Notification(reading: [0x22, 0xFF, 0x22]) }
        #expect(error == EnvelopeError(.invalidUTF8, at: 1))
    }

    @Test("size and depth have limits, in the envelope and inside it")
    func limits() throws {
        let deep = String(repeating: "[", count: 9) + String(repeating: "]", count: 9)
        let message = Self.message.replacing(#"{"instance_id": "s1"}"#, with: deep)
        for text in [message, Self.wrapped(message)] {
            let error = #expect(throws: EnvelopeError.self) {
                try Self.read(text, NotificationLimits(sizeLimit: 10_000, depthLimit: 9))
            }
            #expect(error?.reason == .tooDeep)
            _ = try Self.read(text, NotificationLimits(sizeLimit: 10_000, depthLimit: 10))
        }
        let error = #expect(throws: EnvelopeError.self) {
            try Self.read(Self.message, NotificationLimits(sizeLimit: 100, depthLimit: 9))
        }
        #expect(error?.reason == .tooLarge)
    }

    @Test("the digest depends on the event type and the payload alone")
    func digest() throws {
        let first = try Self.read(Self.message).digest()
        #expect(first.count == 32)
        #expect(try Self.read(Self.wrapped(Self.message.replacing("m1", with: "m2"))).digest() == first)
        #expect(try Self.read(Self.message.replacing("s1", with: "s2")).digest() != first)
    }

    private static func digest(_ payload: String, _ eventType: String = "a.b") throws -> [UInt8] {
        try read(
            """
            {"message_id": "m", "event_type": "\(eventType)", "timestamp": "2026-11-18 10:00:00", "payload": \(payload)}
            """
        ).digest()
    }

    @Test(
        "the digest is the same however the payload is written",
        arguments: [
            (#"{"a": 1, "b": [true, null]}"#, #"{ "b":[true,null] ,"a":1}"#), (#"{"a": "é\u0041"}"#, #"{"a":"\u00e9A"}"#),
            (#"{"a": 1.50}"#, #"{"a": 15e-1}"#), (#"{"a": 0, "a": 1}"#, #"{"a": 1}"#),
            (#"{"a/b": {}}"#, #"{"a\/b": {}}"#),
        ])
    func canonicalDigest(_ one: String, _ other: String) throws {
        #expect(try Self.digest(one) == Self.digest(other))
    }

    @Test(
        "the digest differs where anything is said differently",
        arguments: [
            (#"{"a": 1}"#, #"{"a": 2}"#), (#"{"a": 1}"#, #"{"a": "1"}"#), (#"{"a": 1}"#, #"{"a": 1.0}"#),
            (#"["a", "b"]"#, #"["b", "a"]"#), (#"["a", "b"]"#, #"["a1:b"]"#), (#"{"a": {"b": 1}}"#, #"{"a": {}, "b": 1}"#),
            (#"[[], []]"#, #"[[[]]]"#), (#"{"a": true}"#, #"{"a": null}"#), (#"[1, 2]"#, #"[12]"#),
        ])
    func distinctDigest(_ one: String, _ other: String) throws {
        #expect(try Self.digest(one) != Self.digest(other))
        #expect(try Self.digest(one) != Self.digest(one, "a.c"))
    }
}
