import Telemetry
import TestKit
import Testing

@testable import Aggregation

/// The figures of `docs/specs/measure-codecs.md`, each with a little room.
@Suite("Bytes per measure")
struct CodecSizeTests {
    static let segmentLimits = [3.7, 5.4, 3.1, 0.3, 0.8, 7.5, 0.2, 0.3, 3.1]

    @Test("of a segment stay within the stated figures", arguments: zip(TypicalSeries.all(), segmentLimits))
    func segment(_ series: TypicalSeries, limit: Double) {
        let size = Double(MeasureSegment(series.measures).bytes.count) / Double(series.measures.count)
        #expect(size <= limit, "\(series.name): \(size)")
    }

    @Test(
        "of a batch stay within the stated figures",
        arguments: [
            (hosts: 50, rounds: 1, jitter: false, limit: 4.1), (hosts: 50, rounds: 1, jitter: true, limit: 7.2),
            (hosts: 5, rounds: 20, jitter: false, limit: 4.1),
        ])
    func batch(_ shape: (hosts: Int, rounds: Int, jitter: Bool, limit: Double)) {
        var random = SeededGenerator(seed: 1)
        let batch = polls(hosts: shape.hosts, meters: 100, rounds: shape.rounds, jitter: shape.jitter, using: &random)
        let size = Double(PackedBatch(batch).bytes.count) / Double(batch.count)
        #expect(size <= shape.limit, "\(shape): \(size)")
    }
}
