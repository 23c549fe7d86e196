import Telemetry
import Testing

@Suite("Bytes that are not a sample batch")
struct SampleBatchFaultTests {
    @Test("every truncation is an error", arguments: UInt64(1)...4)
    func truncation(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bytes = SampleBatch.random(using: &random).encode()
        for length in 0..<bytes.count {
            #expect(throws: WireError.self, "seed \(seed), \(length) bytes") {
                try decoded(Array(bytes.prefix(length)))
            }
        }
    }

    @Test("every flipped bit is an error", arguments: UInt64(1)...3)
    func bitFlip(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bytes = SampleBatch.random(using: &random, resources: 3).encode()
        for bit in 0..<bytes.count * 8 {
            var harmed = bytes
            harmed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: WireError.self, "seed \(seed), bit \(bit)") { try decoded(harmed) }
        }
    }

    @Test(
        "harmed bytes under a right checksum are an error or another batch, never a crash", arguments: UInt64(1)...400)
    func hostileWriter(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bytes = Array(SampleBatch.random(using: &random, resources: 4).encode().dropLast(4))
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let position = Int.random(in: 1..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[position] = 0xFF
            case 2: bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], at: position)
            default: bytes.removeSubrange(position..<min(bytes.count, position + 3))
            }
            if bytes.count < 2 { break }
        }
        do throws(WireError) {
            let batch = try decoded(sealed(bytes))
            #expect(try decoded(batch.encode()) == batch || batch.hasNaN, "seed \(seed)")
        } catch {
            #expect(error != .checksumMismatch, "seed \(seed)")
        }
    }

    @Test("bytes of another version are told apart before anything else is read")
    func version() {
        var bytes = SampleBatch.single(value: 1).encode()
        bytes[0] = 2
        #expect(throws: WireError.unknownVersion(2)) { try decoded(bytes) }
    }

    @Test("bytes after the end are an error")
    func trailing() {
        let bytes = Array(SampleBatch.single(value: 1).encode().dropLast(4)) + [0]
        #expect(throws: WireError.trailingBytes) { try decoded(sealed(bytes)) }
    }

    @Test("a count above what can follow is refused before memory is taken for it")
    func hugeCount() {
        let bytes: [UInt8] = [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(throws: WireError.limitExceeded(.text)) { try decoded(sealed(bytes)) }
    }

    @Test("a dictionary that grows out of few bytes is refused")
    func expandingTexts() {
        let size = SampleBatch.textSizeLimit / 4
        let entries = SampleBatch.textTotalLimit / size + 100
        var bytes: [UInt8] = [1] + varint(entries + 1) + [0] + varint(size / 3) + Array(repeating: 97, count: size / 3)
        for _ in 0..<entries { bytes += [3, 0, 0, 0] }
        #expect(throws: WireError.limitExceeded(.text)) { try decoded(sealed(bytes)) }
    }

    private func sealed(_ body: [UInt8]) -> [UInt8] {
        let checksum = body.withUnsafeBytes(CRC32C.checksum)
        return body + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) }
    }

    private func varint(_ number: Int) -> [UInt8] {
        number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + varint(number >> 7)
    }
}

@Suite("CRC-32C")
struct CRC32CTests {
    @Test(
        "agrees with the published check values",
        arguments: [
            (Array("123456789".utf8), UInt32(0xE306_9283)), ([], 0), (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
        ] as [([UInt8], UInt32)])
    func knownValues(bytes: [UInt8], checksum: UInt32) {
        #expect(bytes.withUnsafeBytes(CRC32C.checksum) == checksum)
    }
}
