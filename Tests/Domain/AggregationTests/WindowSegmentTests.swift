import Telemetry
import TestKit
import Testing

@testable import Aggregation

@Suite("A segment of windows")
struct WindowSegmentTests {
    static let methods: [AggregationMethod] = [
        .mean, .min, .max, .sum, .count, .std, .last, .first, .median, .percentile(95), .rate(.mean), .rate(.std),
    ]

    @Test("gives back what was packed", arguments: TypicalSeries.all(), [1, 10, 60, 300])
    func roundTrip(_ series: TypicalSeries, seconds: Int) throws {
        let windows = Folding(width: .fixed(.seconds(seconds)), methods: Self.methods, kind: .gauge).fold(
            series.measures)
        let segment = WindowSegment(windows)
        #expect(try WindowSegment(bytes: segment.bytes).windows() == windows)
        #expect(try segment.header().count == windows.count)
        #expect(try segment.header().last == windows.starts.last)
    }

    @Test("gives single columns without the others")
    func singleColumns() throws {
        let windows = Folding(width: .fixed(.seconds(60)), methods: Self.methods, kind: .gauge)
            .fold(TypicalSeries.all()[0].measures)
        let read = try WindowSegment(windows).windows(of: [.max, .rate(.mean), .percentile(3)])
        #expect(read.methods == [.max, .rate(.mean)])
        #expect(read.aggregates(.max) == windows.aggregates(.max))
        #expect(read.aggregates(.rate(.mean)) == windows.aggregates(.rate(.mean)))
    }

    @Test("stores equal columns once")
    func equalColumns() {
        let series = TypicalSeries.all()[5].measures
        func size(_ methods: [AggregationMethod]) -> Int {
            WindowSegment(Folding(width: .fixed(.seconds(10)), methods: methods, kind: .gauge).fold(series)).bytes.count
        }
        #expect(size([.mean, .min, .max, .sum, .last]) <= size([.mean]) + 4 * 4)
    }

    @Test("is refused wherever it was cut or changed")
    func damaged() {
        let windows = Folding(width: .fixed(.seconds(60)), methods: Self.methods, kind: .gauge)
            .fold(TypicalSeries.all(count: 60)[4].measures)
        let bytes = WindowSegment(windows).bytes
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 1 << UInt8(position % 8)
            #expect(throws: CodecError.self) { try WindowSegment(bytes: damaged).windows() }
            #expect(throws: CodecError.self) { try WindowSegment(bytes: Array(bytes[..<position])).windows() }
        }
    }

    @Test("never crashes on damaged bytes whose checksum is right", arguments: 1...20 as ClosedRange<UInt64>)
    func resealedDamage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for series in TypicalSeries.all(seed: seed, count: 70) {
            let windows = Folding(width: .fixed(.seconds(60)), methods: Self.methods, kind: .gauge).fold(
                series.measures)
            let bytes = WindowSegment(windows).bytes.dropLast(Sealed.checksumSize)
            for _ in 0..<40 {
                let damaged = Sealed.seal(damage(Array(bytes), using: &random))
                survives { try WindowSegment(bytes: damaged).windows() }
            }
        }
    }
}
