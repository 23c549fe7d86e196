import Telemetry
import TestKit
import Testing

@testable import Aggregation

@Suite("A packed batch")
struct PackedBatchTests {
    @Test("gives back what was packed and finds every metric", arguments: 1...30 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let batch = randomBatch(using: &random)
        let packed = try PackedBatch(bytes: PackedBatch(batch).bytes)
        #expect(packed.count == batch.count)
        #expect(packed.interval.lowerBound == batch.timestamps.min())
        #expect(packed.interval.upperBound == batch.timestamps.max())
        let read = try packed.batch()
        #expect(read.metrics == batch.metrics, "seed \(seed)")
        #expect(read.timestamps == batch.timestamps, "seed \(seed)")
        #expect(read.values.map(\.bitPattern) == batch.values.map(\.bitPattern), "seed \(seed)")
        for (metric, measures) in batch.byMetric() {
            let found = try packed.measures(of: metric)
            #expect(found.timestamps == measures.timestamps, "seed \(seed), metric \(metric)")
            #expect(
                found.values.map(\.bitPattern) == measures.values.map(\.bitPattern), "seed \(seed), metric \(metric)")
        }
        for absent in [Int64.min, -1, 5_000_001, .max] { #expect(try packed.measures(of: MetricID(absent)).isEmpty) }
    }

    @Test("keeps measures of one metric and instant in the order of their arrival")
    func arrivalOrder() throws {
        let time = Instant(seconds: 1_000)
        let batch = MeasureBatch(sorting: [
            (MetricID(2), Measure(time, 1)), (MetricID(1), Measure(time, 2)), (MetricID(2), Measure(time, 3)),
            (MetricID(2), Measure(Instant(seconds: 999), 4)), (MetricID(2), Measure(time, 2)),
        ])
        let packed = PackedBatch(batch)
        #expect(try packed.measures(of: MetricID(2)).values == [4, 1, 3, 2])
        #expect(try packed.measures(of: MetricID(1)).values == [2])
    }

    @Test("reads one metric although another block is damaged, and not its own")
    func damageIsLocal() throws {
        var random = SeededGenerator(seed: 7)
        let batch = polls(hosts: 4, meters: 200, rounds: 1, jitter: false, using: &random)
        let packed = PackedBatch(batch)
        var bytes = packed.bytes
        bytes[packed.blocks[3].range.lowerBound + 5] ^= 0x10
        let damaged = try PackedBatch(bytes: bytes)
        let (first, last) = (try #require(batch.metrics.first), try #require(batch.metrics.last))
        #expect(try damaged.measures(of: first).count == 1)
        #expect(try damaged.measures(of: last).count == 1)
        #expect(throws: CodecError.checksumMismatch) {
            try damaged.measures(of: batch.metrics[3 * PackedBatch.blockSize + 1])
        }
        #expect(throws: CodecError.checksumMismatch) { try damaged.batch() }
    }

    @Test("is refused wherever it was cut or changed")
    func damaged() {
        var random = SeededGenerator(seed: 3)
        let bytes = PackedBatch(polls(hosts: 2, meters: 70, rounds: 1, jitter: true, using: &random)).bytes
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 1 << UInt8(position % 8)
            #expect(throws: CodecError.self) { try PackedBatch(bytes: damaged).batch() }
            #expect(throws: CodecError.self) { try PackedBatch(bytes: Array(bytes[..<position])).batch() }
        }
    }

    @Test("never crashes on damaged bytes whose checksums are right", arguments: 1...30 as ClosedRange<UInt64>)
    func resealedDamage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let batch = randomBatch(using: &random)
        let packed = PackedBatch(batch)
        for block in packed.blocks.prefix(4) {
            let body = Array(packed.bytes[block.range].dropLast(Sealed.checksumSize))
            for _ in 0..<40 {
                let damaged = Sealed.seal(damage(body, using: &random))
                let entry = PackedBatch.Block(
                    firstMetric: block.firstMetric, count: block.count, range: damaged.indices)
                survives { try BatchBlock.columns(of: entry, in: damaged, times: packed.times) }
            }
        }
        for _ in 0..<100 { survives { try PackedBatch(bytes: resealedHeader(packed.bytes, using: &random)).batch() } }
    }

    /// The batch with its header damaged and sealed again.
    private func resealedHeader(_ bytes: [UInt8], using random: inout SeededGenerator) throws -> [UInt8] {
        var reader = ByteReader(bytes)
        let format = try reader.byte()
        let range = try reader.skip(try reader.count(.length, limit: .max))
        let header = Sealed.seal(damage(Array(bytes[range].dropLast(Sealed.checksumSize)), using: &random))
        var writer = ByteWriter()
        writer.byte(format)
        writer.varint(header.count)
        return writer.bytes + header + bytes[range.upperBound...]
    }
}

/// A batch of random metrics, times and values.
private func randomBatch(using random: inout SeededGenerator) -> MeasureBatch {
    let pool = Int64.random(in: 1...2_000, using: &random)
    let count = Int.random(in: 1...2_000, using: &random)
    let source = randomMeasures(using: &random)
    return MeasureBatch(
        sorting: (0..<count).map { _ in
            (
                MetricID(Int64.random(in: 0..<pool, using: &random)),
                source[Int.random(in: 0..<source.count, using: &random)]
            )
        })
}

/// What an ingest transaction holds: `rounds` polls of `meters` metrics on each host, values as libvirt gives them.
func polls(hosts: Int, meters: Int, rounds: Int, jitter: Bool, using random: inout SeededGenerator) -> MeasureBatch {
    var measures: [(metric: MetricID, measure: Measure)] = []
    for host in 0..<hosts {
        let start = Instant(seconds: 1_795_000_000) + .microseconds(Int64.random(in: 0..<60_000_000, using: &random))
        for round in 0..<rounds {
            for meter in 0..<meters {
                let time =
                    start + .seconds(10 * round)
                    + (jitter ? .microseconds(Int64.random(in: 0..<10_000_000, using: &random)) : .zero)
                let value: Double =
                    switch meter % 8 {
                    case 0:
                        Double(
                            80_000_000_000_000 + Int64(round) * 2_000_000_000
                                + Int64.random(in: 0...9_999_999, using: &random))
                    case 1: 2
                    case 2: 2_048
                    case 3: Double(Int64.random(in: 0...40_000_000_000, using: &random))
                    case 4: Double(Int64.random(in: 0...900_000, using: &random))
                    case 5: 0
                    case 6: Double(Int64.random(in: 0...10_000, using: &random)) / 100
                    default: Double.random(in: 0...1, using: &random)
                    }
                measures.append((MetricID(Int64(host * meters + meter) + 10_000), Measure(time, value)))
            }
        }
    }
    return MeasureBatch(sorting: measures)
}
