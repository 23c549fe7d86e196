import Foundation
import JSON

/// Reading the envelope and the payload of recorded notifications: what each message costs before anything is made of
/// it.
enum JSONBenchmarks {
    static func all() throws -> [Benchmark] {
        let messages = try RecordedMessages.all()
        let datas = messages.map { Data($0) }
        let decoder = JSONDecoder()
        return [
            Benchmark(
                name: "JSON scan", unit: "notification", unitsPerCall: messages.count,
                ways: [
                    .init(name: "JSONDocument, envelope and message") {
                        try messages.reduce(0) { try $0 + scanned($1) }
                    },
                    .init(name: "Foundation JSONDecoder, the same fields") {
                        try datas.reduce(0) { try $0 + decoded($1, by: decoder) }
                    },
                    .init(name: "Foundation JSONSerialization, whole tree") {
                        try datas.reduce(0) { try $0 + parsed($1) }
                    },
                ])
        ]
    }

    private struct Malformed: Error {}

    private static func scanned(_ message: [UInt8]) throws -> Int {
        let envelope = try JSONDocument(parsing: message)
        guard let inner = envelope.root["oslo.message"]?.stringBytes else { throw Malformed() }
        let notification = try JSONDocument(parsing: inner)
        guard let type = notification.root["event_type"]?.string, let payload = notification.root["payload"] else {
            throw Malformed()
        }
        return type.utf8.count + payload.members.reduce(0) { count, _ in count + 1 }
    }

    private struct Envelope: Decodable {
        let message: String
        enum CodingKeys: String, CodingKey { case message = "oslo.message" }
    }

    private struct Notification: Decodable {
        let event_type: String
        let payload: Payload
    }

    /// The payload's values, as a converter needs them.
    private enum Payload: Decodable {
        case null, bool(Bool), number(Double), text(String), list([Payload]), object([String: Payload])

        init(from decoder: any Decoder) throws {
            // Decodable has no other way to ask what a value is than to try.
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode([String: Payload].self) {
                self = .object(value)
            } else if let value = try? container.decode([Payload].self) {
                self = .list(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else {
                self = .number(try container.decode(Double.self))
            }
        }

        var count: Int { if case .object(let members) = self { members.count } else { 0 } }
    }

    static func decoded(_ message: Data, by decoder: JSONDecoder) throws -> Int {
        let envelope = try decoder.decode(Envelope.self, from: message)
        let notification = try decoder.decode(Notification.self, from: Data(envelope.message.utf8))
        return notification.event_type.utf8.count + notification.payload.count
    }

    private static func parsed(_ message: Data) throws -> Int {
        guard let envelope = try JSONSerialization.jsonObject(with: message) as? NSDictionary,
            let inner = envelope["oslo.message"] as? String,
            let notification = try JSONSerialization.jsonObject(with: Data(inner.utf8)) as? NSDictionary,
            let type = notification["event_type"] as? String, let payload = notification["payload"] as? NSDictionary
        else { throw Malformed() }
        return type.utf8.count + payload.count
    }
}
