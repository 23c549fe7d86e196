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

    @Test("a trace that is not there or is cut is an error")
    func unreadable() throws {
        try Fixture.withFolder { folder in
            let converter = TraceConverter(try Fixture.converter())
            #expect(throws: (any Error).self) {
                try converter.convert(trace: folder + "/none", samples: folder + "/s", events: folder + "/e")
            }
            let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("Traces/events-open.jsonl.gz")))
            try data.prefix(1_000).write(to: URL(fileURLWithPath: folder + "/cut"))
            #expect(throws: (any Error).self) {
                try converter.convert(trace: folder + "/cut", samples: folder + "/s", events: folder + "/e")
            }
        }
    }
}
