import JSON
import Notifications
import Testing

/// Invented notifications of services that the recorded cloud did not run, converted and compared with what Ceilometer 27.0.0 made of
/// the same records (`Traces/README.md`).
@Suite("An invented trace against Ceilometer's output")
struct InventedTraceTests {
    /// The trace is converted once for all tests.
    private static let converted = Result { try ConvertedTrace("Traces/trace-invented.jsonl.gz") }

    @Test("every record is a notification")
    func records() throws {
        let report = try Self.converted.get().report
        #expect(report.refusals.isEmpty, "\(report.refusals)")
        #expect(report.recordCount == 853)
        #expect(report.damage == nil)
    }

    @Test("every sample equals Ceilometer's, and there is none more or less")
    func samples() throws {
        let ours = try Self.converted.get().samples.map(Fixture.comparableSample)
        let theirs = try Fixture.lines(of: "Traces/samples-invented.jsonl.gz").map(Fixture.comparableSample)
        let difference = Fixture.difference(ours, theirs)
        #expect(difference.isEmpty, "\(difference.count) differences, such as \(difference.prefix(3))")
        #expect(ours.count == 366)
    }

    @Test("every event equals Ceilometer's, trait by trait, and there is none more or less")
    func events() throws {
        let ours = try Self.converted.get().events.map(\.text)
        let theirs = try Fixture.lines(of: "Traces/events-invented.jsonl.gz").map(\.text)
        let difference = Fixture.difference(ours, theirs)
        #expect(difference.isEmpty, "\(difference.count) differences, such as \(difference.prefix(3))")
        #expect(ours.count == 834)
    }
}
