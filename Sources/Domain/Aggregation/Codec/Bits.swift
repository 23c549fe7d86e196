/// Appends runs of bits, the least significant bit of each byte first.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var count: UInt64 = 0

    /// Appends the lowest `width` bits of a value whose higher bits are zero.
    mutating func append(_ value: UInt64, width: Int) {
        pending |= value << count
        let total = count + UInt64(width)
        guard total >= 64 else {
            count = total
            return
        }
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(8 * index))) }
        pending = count == 0 ? 0 : value >> (64 - count)
        count = total - 64
    }

    /// Fills the last byte with zeros.
    mutating func finish() {
        while count > 0 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            count = count > 8 ? count - 8 : 0
        }
    }
}

/// Reads runs of bits from a part of an array of bytes.
struct BitReader {
    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound * 8
        end = range.upperBound * 8
    }

    /// The next `width` bits, at most 64.
    mutating func read(width: Int) throws(CodecError) -> UInt64 {
        guard width <= end - position else { throw .truncated }
        let first = position >> 3
        // Eight bytes at once where they are there and hold all the bits, which is nearly always.
        if width <= 57, first + 8 <= end >> 3 {
            let word = bytes.withUnsafeBytes {
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: first, as: UInt64.self))
            }
            defer { position += width }
            return word >> UInt64(position & 7) & (1 << UInt64(width) - 1)
        }
        var value: UInt64 = 0
        var taken = 0
        while taken < width {
            let offset = position & 7
            let size = min(8 - offset, width - taken)
            let piece = UInt64(bytes[position >> 3] >> UInt8(offset)) & (1 << UInt64(size) - 1)
            value |= piece << UInt64(taken)
            taken += size
            position += size
        }
        return value
    }
}
