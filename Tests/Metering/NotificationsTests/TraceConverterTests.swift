import Compression
import Foundation
import JSON
import Notifications
import Testing

@Suite("Converting a trace")
struct TraceConverterTests {
    private static func record(_ topic: String, _ value: String) -> String {
        JSONValue.object([
            .init("topic", .string(topic)), .init("partition", 0), .init("offset", 7), .init("timestamp_ms", 1),
            .init("key", nil),
            .init("value", .string(value)),
        ]).text
    }

    @Test("lines that are no records and records that are no notifications are named, and the others converted")
    func refusals() throws {
        let message = #"{"message_id":"m","event_type":"e","priority":"info","timestamp":"2026-11-23","payload":{}}"#
        let lines = [
            Self.record("notifications.info", message), "{", #"{"topic": "x"}"#, "",
            Self.record("notifications.info", "[]"),
            Self.record("versioned_notifications.info", message), Self.record("notifications.info", message),
        ]
        try Fixture.withFolder { folder in
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder + "/trace"))
            let report = try TraceConverter(try Fixture.converter()).convert(
                trace: folder + "/trace", samples: folder + "/s", events: folder + "/e")
            #expect(report.recordCount == 4)
            #expect(report.skippedCount == 1)
            #expect(report.eventCount == 2)
            #expect(report.refusals.map(\.line) == [2, 3, 5])
            #expect(report.refusals.last?.reason == "not a notification: not_an_object")
            #expect(try Fixture.lines(in: folder + "/e").count == 2)
            #expect(try Fixture.lines(in: folder + "/s").isEmpty)
        }
    }

    private static let message =
        #"{"message_id":"m","event_type":"e","priority":"info","timestamp":"2026-11-23","payload":{}}"#

    @Test("blank lines, a byte order mark, and lines that tell only topic and value are no faults")
    func leniency() throws {
        let bare = JSONValue.object([.init("topic", "t"), .init("value", .string(Self.message))]).text
        let timeless = JSONValue.object([
            .init("topic", "t"), .init("partition", nil), .init("timestamp_ms", nil),
            .init("value", .string(Self.message)),
        ]).text
        let text = "\u{FEFF}" + Self.record("t", Self.message) + "\r\n\r\n \t\n" + bare + "\n" + timeless
        try Fixture.withFolder { folder in
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/trace"))
            let report = try TraceConverter(try Fixture.converter()).convert(
                trace: folder + "/trace", samples: folder + "/s", events: folder + "/e")
            #expect(report.refusals.isEmpty, "\(report.refusals)")
            #expect(report.eventCount == 3)
        }
    }

    @Test("a volume that is a number and not finite is left out, and one that is text is written as it is")
    func endless() throws {
        let lines = ["NaN", "Infinity", "1e400", #""nan""#, "2"].map {
            Self.record(
                "t",
                Self.message.replacing("\"e\"", with: "\"volume.create.end\"").replacing(
                    "{}", with: "{\"volume_id\":\"v\",\"size\":\($0)}"))
        }
        try Fixture.withFolder { folder in
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder + "/trace"))
            let report = try TraceConverter(try Fixture.converter()).convert(
                trace: folder + "/trace", samples: folder + "/s", events: folder + "/e")
            #expect(report.eventCount == 5)
            #expect(try Fixture.lines(in: folder + "/s").map { $0["volume"] } == ["nan", 2])
        }
    }

    @Test("a trace that is not there is an error, and leaves the outputs alone")
    func missing() throws {
        try Fixture.withFolder { folder in
            let converter = TraceConverter(try Fixture.converter())
            try Data("kept".utf8).write(to: URL(fileURLWithPath: folder + "/s"))
            #expect(throws: (any Error).self) {
                try converter.convert(trace: folder + "/none", samples: folder + "/s", events: folder + "/e")
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/s")) == Data("kept".utf8))
        }
    }

    @Test("of a compressed trace that is cut, the lines before the cut are converted and the damage is told")
    func cut() throws {
        try Fixture.withFolder { folder in
            let converter = TraceConverter(try Fixture.converter())
            let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("Traces/trace-open.jsonl.gz")))
            try data.prefix(data.count / 8).write(to: URL(fileURLWithPath: folder + "/cut"))
            let report = try converter.convert(trace: folder + "/cut", samples: folder + "/s", events: folder + "/e")
            #expect(report.damage?.code == .truncated)
            #expect(report.refusals.isEmpty)
            #expect(report.eventCount > 500)
            #expect(try Fixture.lines(in: folder + "/e").count == report.eventCount)
            #expect(try Fixture.lines(in: folder + "/s").count == report.sampleCount)
        }
    }
}
