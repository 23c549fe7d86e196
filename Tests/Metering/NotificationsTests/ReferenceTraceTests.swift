import JSON
import Notifications
import Testing

/// The recorded trace of a real OpenStack, converted and compared with what Ceilometer 27.0.0 made of the same records.
@Suite("A recorded trace against Ceilometer's output")
struct ReferenceTraceTests {
    @Test("every sample equals Ceilometer's, and there is none more or less")
    func samples() throws {
        let (ours, theirs) = try Self.lines(of: "samples")
        let difference = Self.difference(ours.map(Self.comparableSample), theirs.map(Self.comparableSample))
        #expect(difference.isEmpty, "\(difference.count) differences, such as \(difference.prefix(3))")
        #expect(ours.count == 8_151)
    }

    @Test("every event equals Ceilometer's, trait by trait, and there is none more or less")
    func events() throws {
        let (ours, theirs) = try Self.lines(of: "events")
        let difference = Self.difference(ours.map(\.text), theirs.map(\.text))
        #expect(difference.isEmpty, "\(difference.count) differences, such as \(difference.prefix(3))")
        #expect(ours.count == 8_575)
    }

    private static func lines(of kind: String) throws -> (ours: [JSONValue], theirs: [JSONValue]) {
        try Fixture.withFolder { folder in
            let converter = TraceConverter(try Fixture.converter())
            let report = try converter.convert(
                trace: Fixture.path("Traces/trace-open.jsonl.gz"), samples: folder + "/samples",
                events: folder + "/events")
            #expect(report.refusals.isEmpty)
            #expect(report.recordCount == 11_330)
            #expect(report.skippedCount == 2_755)
            return (try values(in: folder + "/" + kind), try values(in: Fixture.path("Traces/\(kind)-open.jsonl.gz")))
        }
    }

    private static func values(in path: String) throws -> [JSONValue] {
        var values: [JSONValue] = []
        try TraceReader(path: path).forEachLine { _, line in
            values.append(try JSONDocument(parsing: line).root.value)
        }
        return values
    }

    /// A sample without its id, which each side makes up for itself.
    private static func comparableSample(_ sample: JSONValue) -> String {
        JSONValue.object((sample.members ?? []).filter { $0.key != "id" }).text
    }

    /// What is on one side only, marked by its side.
    private static func difference(_ ours: [String], _ theirs: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for line in ours { counts[line, default: 0] += 1 }
        for line in theirs { counts[line, default: 0] -= 1 }
        return counts.filter { $0.value != 0 }.map { ($0.value > 0 ? "ours: " : "Ceilometer's: ") + $0.key }
    }
}
