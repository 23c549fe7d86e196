import Aggregation
import Foundation
import Telemetry

/// Packing measures and reading them back.
enum CodecBenchmarks {
    /// A measure as an API would send it.
    private struct Point: Codable {
        let timestamp: Int64
        let value: Double
    }

    static func all() throws -> [Benchmark] {
        let start = Instant(seconds: 1_795_000_000)
        var cpu = Measures()
        var load = Measures()
        for index in 0..<3_600 {
            let time = start + .seconds(10 * index)
            let noise = Double(index * 7_919 % 99_991)
            cpu.append(time, 8e13 + Double(index) * 2e9 + noise * 1_000)
            load.append(time, noise / 7)
        }
        return [
            try segments("counter", cpu, write: true), try segments("counter", cpu, write: false),
            try segments("fractions", load, write: true), try segments("fractions", load, write: false), try batch(),
        ]
    }

    private static func segments(_ series: String, _ measures: Measures, write: Bool) throws -> Benchmark {
        let points = measures.map { Point(timestamp: $0.timestamp.nanoseconds, value: $0.value) }
        let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
        let json = try encoder.encode(points)
        let segment = MeasureSegment(measures)
        let ways: [Benchmark.Way] =
            write
            ? [
                .init(name: "MeasureSegment") { MeasureSegment(measures).bytes.count },
                .init(name: "Foundation JSONEncoder") { try encoder.encode(points).count },
            ]
            : [
                .init(name: "MeasureSegment") { try segment.measures().count },
                .init(name: "Foundation JSONDecoder") { try decoder.decode([Point].self, from: json).count },
            ]
        return Benchmark(
            name: "Segment \(write ? "write" : "read"), \(series)", unit: "measure", unitsPerCall: measures.count,
            ways: ways)
    }

    /// One metric out of an ingest batch of 20 000, against reading the batch whole.
    private static func batch() throws -> Benchmark {
        let start = Instant(seconds: 1_795_000_000)
        let measures = (0..<20_000).map { (index: Int64) -> (metric: MetricID, measure: Measure) in
            let time = start + .seconds(index / 100 % 60)
            return (MetricID(index), Measure(time, Double(index * 7_919 % 100_003)))
        }
        let batch = MeasureBatch(sorting: measures)
        let packed = PackedBatch(batch)
        return Benchmark(
            name: "Ingest batch", unit: "measure of the batch", unitsPerCall: measures.count,
            ways: [
                .init(name: "pack") { PackedBatch(batch).bytes.count },
                .init(name: "read whole") { try PackedBatch(bytes: packed.bytes).batch().count },
                .init(name: "find one metric") {
                    try PackedBatch(bytes: packed.bytes).measures(of: MetricID(12_345)).count
                },
                .init(name: "sort before packing") { MeasureBatch(sorting: measures).count },
            ])
    }
}
