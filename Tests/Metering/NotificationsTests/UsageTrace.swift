import Compression
import Foundation
import JSON
import Telemetry
import Usage

@testable import Notifications

/// The usage facts of the recorded trace and the ground truth of its cloud's own APIs.
struct UsageTrace {
    let facts: [UsageFact]
    let truth: JSONNode

    static let open = Result { try UsageTrace("open") }

    private init(_ name: String) throws {
        let lines = try Self.expanded("trace-\(name).jsonl").split(separator: UInt8(ascii: "\n"))
        facts = try lines.flatMap { try Self.facts(in: Array($0)) }
        truth = try JSONDocument(parsing: Self.expanded("truth-\(name).json"), limits: Self.limits).root
    }

    /// The truth is one large document.
    private static let limits = JSONLimits(sizeLimit: 64 << 20)

    private static func expanded(_ name: String) throws -> [UInt8] {
        guard let url = Bundle.module.url(forResource: "Traces/\(name)", withExtension: "gz") else {
            throw MissingTrace(name: name)
        }
        return try GzipReader.expand([UInt8](Data(contentsOf: url)))
    }

    private static func facts(in line: [UInt8]) throws -> [UsageFact] {
        let record = try JSONDocument(parsing: line).root
        guard let envelope = record["value"]?.string,
            let text = try JSONDocument(parsing: envelope).root["oslo.message"]?.string
        else { return [] }
        let message = try JSONDocument(parsing: text).root
        guard let id = message["message_id"]?.string, let type = message["event_type"]?.string,
            let generated = message["timestamp"]?.string.flatMap({ Instant($0) }), let payload = message["payload"]
        else { return [] }
        return UsageFact.facts(messageID: MessageID(id), eventType: type, generated: generated, payload: payload)
    }

    struct MissingTrace: Error {
        let name: String
    }
}

/// Intervals of many resources, by resource.
struct UsageLedger {
    let intervals: [ResourceKey: [UsageInterval]]

    init(_ facts: [UsageFact]) {
        intervals = Dictionary(grouping: facts) { ResourceKey(type: $0.resourceType, id: $0.resourceID) }
            .mapValues { UsageTimeline($0).intervals }
    }

    struct ResourceKey: Hashable {
        let type: ResourceType
        let id: ResourceID
    }

    subscript(_ type: ResourceType, _ id: String?) -> [UsageInterval] {
        intervals[ResourceKey(type: type, id: ResourceID(id ?? ""))] ?? []
    }
}

extension JSONNode {
    /// The time in a text field.
    func time(_ key: String) -> Instant? { self[key]?.string.flatMap { Instant($0) } }
}
