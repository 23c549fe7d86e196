import Foundation
import JSON
import Notifications
import Testing

/// The files that tests read.
enum Fixture {
    /// The folder of the definitions that are shipped.
    static let pipelines = repository + "/pipelines"

    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: name, withExtension: nil)).path
    }

    static func converter(options: ConversionOptions = ConversionOptions()) throws -> Converter {
        Converter(try Definitions(Definitions.Sources(folder: pipelines)), options: options)
    }

    /// Calls the body with a folder that is removed afterwards.
    static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = NSTemporaryDirectory() + "notifications-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) }
        }
        return try body(folder)
    }
}

extension Fixture {
    /// The lines of a file of JSON objects, compressed or not.
    static func lines(of name: String) throws -> [JSONValue] {
        try lines(in: path(name))
    }

    static func lines(in path: String) throws -> [JSONValue] {
        var values: [JSONValue] = []
        try TraceReader(path: path).forEachLine { _, line in
            values.append(try JSONDocument(parsing: line, limits: JSONLimits(grammar: .python)).root.value)
        }
        return values
    }

    /// What is on one side only, marked by its side. Lines are compared byte by byte.
    static func difference(_ ours: [String], _ theirs: [String]) -> [String] {
        var counts: [ExactText: Int] = [:]
        for line in ours { counts[ExactText(line), default: 0] += 1 }
        for line in theirs { counts[ExactText(line), default: 0] -= 1 }
        return counts.filter { $0.value != 0 }.map { ($0.value > 0 ? "ours: " : "Ceilometer's: ") + $0.key.text }
    }

    /// A sample without its id, which each side makes up for itself.
    static func comparableSample(_ sample: JSONValue) -> String {
        JSONValue.object((sample.members ?? []).filter { $0.key != "id" }).text
    }
}

/// What came of converting one of the recorded traces.
struct ConvertedTrace {
    let report: TraceConverter.Report
    let samples: [JSONValue]
    let events: [JSONValue]

    init(_ name: String) throws {
        (report, samples, events) = try Fixture.withFolder { folder in
            let report = try TraceConverter(try Fixture.converter()).convert(
                trace: Fixture.path(name), samples: folder + "/s", events: folder + "/e")
            return (report, try Fixture.lines(in: folder + "/s"), try Fixture.lines(in: folder + "/e"))
        }
    }
}
