/// Reads numbers from a part of an array of bytes; it never reads beyond its end, whatever the bytes say.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    /// Reads the bytes at these positions.
    ///
    /// - Precondition: the range lies within the bytes.
    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        let range = range ?? 0..<bytes.count
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a reader stays within its bytes")
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var remaining: Int { end - position }

    mutating func byte() throws(CodecError) -> UInt8 {
        guard position < end else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws(CodecError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            // The tenth byte holds the last of 64 bits.
            guard shift < 63 || byte <= 1 else { throw .malformed(.number) }
            value |= UInt64(byte & 0x7F) << shift
            guard byte & 0x80 != 0 else { return value }
            shift += 7
        }
    }

    mutating func signed() throws(CodecError) -> Int64 { Int64(zigzag: try varint()) }

    /// A count of things, each of which takes memory, so that its limit is checked before anything is allocated.
    mutating func count(_ field: CodecError.Field, limit: Int) throws(CodecError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw .limitExceeded(field, limit: limit) }
        return Int(value)
    }

    /// The least significant byte first.
    mutating func littleEndian(size: Int) throws(CodecError) -> UInt64 {
        let range = try skip(size)
        var value: UInt64 = 0
        for index in range.reversed() { value = value << 8 | UInt64(bytes[index]) }
        return value
    }

    /// Passes over bytes and returns where they are.
    mutating func skip(_ size: Int) throws(CodecError) -> Range<Int> {
        guard size >= 0, size <= remaining else { throw .truncated }
        defer { position += size }
        return position..<position + size
    }

    /// A reader of the next bytes, which this one passes over.
    mutating func part(_ size: Int) throws(CodecError) -> ByteReader { ByteReader(bytes, in: try skip(size)) }

    func expectEnd() throws(CodecError) {
        guard remaining == 0 else { throw .malformed(.length) }
    }

    /// The bits of a region that was skipped.
    func bits(in range: Range<Int>) -> BitReader { BitReader(bytes, in: range) }
}
