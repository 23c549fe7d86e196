import Telemetry

/// Bytes with a checksum (CRC-32C, four bytes, little-endian) at their end.
enum Sealed {
    static let checksumSize = 4

    static func seal(_ bytes: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(bytes)
        writer.littleEndian(UInt64(checksum(bytes, in: bytes.indices)), size: checksumSize)
        return writer.bytes
    }

    /// Checks the checksum at the end of this range and returns the range before it.
    static func open(_ bytes: [UInt8], in range: Range<Int>) throws(CodecError) -> Range<Int> {
        guard range.count >= checksumSize else { throw .truncated }
        let body = range.lowerBound..<range.upperBound - checksumSize
        var reader = ByteReader(bytes, in: body.upperBound..<range.upperBound)
        guard try reader.littleEndian(size: checksumSize) == UInt64(checksum(bytes, in: body)) else {
            throw .checksumMismatch
        }
        return body
    }

    private static func checksum(_ bytes: [UInt8], in range: Range<Int>) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
