import Telemetry
import TestKit
import Testing

@testable import Aggregation

@Suite("A segment of measures")
struct MeasureSegmentTests {
    @Test("gives back what was packed", arguments: TypicalSeries.all())
    func roundTrip(_ series: TypicalSeries) throws {
        let segment = MeasureSegment(series.measures)
        #expect(try MeasureSegment(bytes: segment.bytes).measures() == series.measures)
        let header = try segment.header()
        #expect(header.count == series.measures.count)
        #expect(header.first == series.measures.first?.timestamp)
        #expect(header.last == series.measures.last?.timestamp)
    }

    @Test("keeps every bit of random measures of any size", arguments: 1...60 as ClosedRange<UInt64>)
    func randomRoundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let measures = randomMeasures(using: &random)
        let read = try MeasureSegment(bytes: MeasureSegment(measures).bytes).measures()
        #expect(read.timestamps == measures.timestamps, "seed \(seed)")
        #expect(read.values.map(\.bitPattern) == measures.values.map(\.bitPattern), "seed \(seed)")
    }

    @Test(
        "keeps unusual values bit by bit",
        arguments: [
            [Double.nan, -Double.nan, .infinity, -.infinity], [0, -0.0, 0, -0.0],
            [.greatestFiniteMagnitude, .leastNonzeroMagnitude],
            [9_007_199_254_740_992, 9_007_199_254_740_994, -9_007_199_254_740_992], [0.1 + 0.2, 0.3, 1e-9, 1e300],
        ])
    func unusualValues(_ values: [Double]) throws {
        let measures = Measures(timestamps: values.indices.map { Instant(seconds: Int64($0)) }, values: values)
        let read = try MeasureSegment(bytes: MeasureSegment(measures).bytes).measures()
        #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test("reaches from the first to the last instant there is")
    func extremeTimes() throws {
        let measures = Measures(
            timestamps: [Int64.min, -1, 0, 1, .max, .max].map(Instant.init(nanoseconds:)), values: [1, 2, 3, 4, 5, 6])
        #expect(try MeasureSegment(bytes: MeasureSegment(measures).bytes).measures() == measures)
    }

    @Test("is refused wherever it was cut", arguments: TypicalSeries.all(count: 40))
    func truncated(_ series: TypicalSeries) {
        let bytes = MeasureSegment(series.measures).bytes
        for length in 0..<bytes.count {
            #expect(throws: CodecError.self) { try MeasureSegment(bytes: Array(bytes[..<length])).measures() }
        }
    }

    @Test("is refused where any bit was changed")
    func flippedBits() {
        let bytes = MeasureSegment(TypicalSeries.all(count: 60)[2].measures).bytes
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 1 << UInt8(position % 8)
            #expect(throws: CodecError.self) { try MeasureSegment(bytes: damaged).measures() }
        }
    }

    @Test("never crashes on damaged bytes whose checksum is right", arguments: 1...20 as ClosedRange<UInt64>)
    func resealedDamage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for series in TypicalSeries.all(seed: seed, count: 70) {
            let bytes = MeasureSegment(series.measures).bytes.dropLast(Sealed.checksumSize)
            for _ in 0..<40 {
                let damaged = Sealed.seal(damage(Array(bytes), using: &random))
                survives { try MeasureSegment(bytes: damaged).measures() }
            }
        }
    }

    @Test("with a count beyond its bytes takes no memory for it")
    func overstatedCount() {
        var writer = ByteWriter()
        writer.byte(0x11)
        writer.varint(MeasureSegment.countLimit)
        writer.signed(0)
        writer.varint(0)
        #expect(throws: CodecError.truncated) { try MeasureSegment(bytes: Sealed.seal(writer.bytes)).measures() }
        #expect(throws: CodecError.limitExceeded(.count, limit: MeasureSegment.countLimit)) {
            var writer = ByteWriter()
            writer.byte(0x11)
            writer.varint(MeasureSegment.countLimit + 1)
            _ = try MeasureSegment(bytes: Sealed.seal(writer.bytes)).measures()
        }
    }

    @Test("of an unknown format is named as such")
    func unknownFormat() {
        #expect(throws: CodecError.formatUnknown(0x7F)) { try MeasureSegment(bytes: [0x7F, 1, 2, 3, 4, 5]).measures() }
    }
}

/// Measures of random count, times and values of several shapes.
func randomMeasures(using random: inout SeededGenerator) -> Measures {
    let count = Int.random(in: 1...300, using: &random)
    let unit = [1, 1_000, 1_000_000, 1_000_000_000, 300_000_000_000].randomElement(using: &random) ?? 1
    let times = (0..<count).map { _ in
        Instant(nanoseconds: Int64.random(in: 0...1_000_000, using: &random) * Int64(unit))
    }
    let shape = Int.random(in: 0..<5, using: &random)
    let measures = times.map { time in
        let value: Double =
            switch shape {
            case 0: Double(bitPattern: random.next())
            case 1: Double(Int64.random(in: -1_000_000...1_000_000, using: &random))
            case 2: Double(Int64.random(in: -99_999...99_999, using: &random)) / 1_000
            case 3: Double(Int.random(in: 0...1, using: &random))
            default: Bool.random(using: &random) ? Double(Int64.random(in: 0...1 << 52, using: &random)) : 0.1
            }
        return Measure(time, value)
    }
    return Measures(sorting: measures)
}

/// The bytes with some of them changed, removed or repeated.
func damage(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var damaged = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !damaged.isEmpty {
        let position = Int.random(in: 0..<damaged.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: damaged.remove(at: position)
        case 1: damaged.insert(UInt8.random(in: 0...255, using: &random), at: position)
        case 2: damaged[position] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        default: damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
    }
    return damaged
}

/// Runs a reader on damaged bytes: a value or a `CodecError` is well, anything else ends the test.
func survives<Value>(_ read: () throws -> Value) {
    do {
        _ = try read()
    } catch {
        #expect(error is CodecError)
    }
}
