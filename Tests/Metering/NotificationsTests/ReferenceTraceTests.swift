import JSON
import Notifications
import Testing

/// The recorded trace of a real OpenStack, converted and compared with what Ceilometer 27.0.0 made of the same records.
@Suite("A recorded trace against Ceilometer's output")
struct ReferenceTraceTests {
    /// The trace is converted once for all tests.
    private static let converted = Result { try ConvertedTrace("Traces/trace-open.jsonl.gz") }

    @Test("every record is a notification, and only the versioned ones are passed over")
    func records() throws {
        let report = try Self.converted.get().report
        #expect(report.refusals.isEmpty)
        #expect(report.recordCount == 11_330)
        #expect(report.skippedCount == 2_755)
    }

    @Test("every sample equals Ceilometer's, and there is none more or less")
    func samples() throws {
        let ours = try Self.converted.get().samples.map(Fixture.comparableSample)
        let theirs = try Fixture.lines(of: "Traces/samples-open.jsonl.gz").map(Fixture.comparableSample)
        let difference = Fixture.difference(ours, theirs)
        #expect(difference.isEmpty, "\(difference.count) differences, such as \(difference.prefix(3))")
        #expect(ours.count == 8_151)
    }

    @Test("every event equals Ceilometer's, trait by trait, and there is none more or less")
    func events() throws {
        let ours = try Self.converted.get().events.map(\.text)
        let theirs = try Fixture.lines(of: "Traces/events-open.jsonl.gz").map(\.text)
        let difference = Fixture.difference(ours, theirs)
        #expect(difference.isEmpty, "\(difference.count) differences, such as \(difference.prefix(3))")
        #expect(ours.count == 8_575)
    }

    @Test("the only samples that are missing have no volume, as the images without a size that Ceilometer warns of")
    func rejections() throws {
        let rejections = try Self.converted.get().report.rejections
        #expect(Set(rejections.keys) == [Rejection(subject: "image.size", fault: .volumeMissing)])
    }
}
