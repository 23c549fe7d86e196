/// Why bytes are not a sample batch.
package enum WireError: Error, Hashable, Sendable {
    /// The bytes end before the batch does.
    case truncated
    /// The first byte names a version that this reader does not know.
    case unknownVersion(UInt8)
    /// The bytes are not those that were sent.
    case checksumMismatch
    /// There are bytes after the end of the batch.
    case trailingBytes
    /// A field holds what no writer sends.
    case invalid(Field)
    /// A count or length above what this reader accepts.
    case limitExceeded(Field)

    /// The part of a batch that is at fault.
    package enum Field: String, Hashable, Sendable {
        case size, number, text, textReference, interval, meter, meterKind, template, resource, attribute, reading
    }
}

extension SampleBatch {
    /// The first byte of a batch of this format.
    package static let wireVersion: UInt8 = 1

    /// Greater batches are refused: what Kafka brokers accept by default is 1 MiB, and an operator may raise that a little.
    package static let wireSizeLimit = 8 << 20

    /// Most bytes in one text: names and ids are short, and the store crops attributes at 255 characters.
    package static let textSizeLimit = 4 << 10

    /// Most bytes of all texts together, once composed: a few bytes on the wire can name a long text.
    package static let textTotalLimit = 32 << 20

    /// The batch as bytes, with its checksum.
    ///
    /// Every `meter` of the readings must be an index into `meters`, and texts must be within `textSizeLimit`; longer ones
    /// are a programmer's error that the reader would refuse.
    package func encode() -> [UInt8] {
        var encoder = BatchEncoder()
        encoder.append(self)
        return encoder.sealed()
    }

    /// Reads a batch; the bytes may come from anywhere, and all but a whole and unharmed batch is an error.
    package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard let version = bytes.first else { throw .truncated }
        guard version == Self.wireVersion else { throw .unknownVersion(version) }
        guard bytes.count <= Self.wireSizeLimit else { throw .limitExceeded(.size) }
        let checksumSize = MemoryLayout<UInt32>.size
        guard bytes.count > checksumSize else { throw .truncated }
        let body = UnsafeRawBufferPointer(rebasing: bytes.dropLast(checksumSize))
        let expected = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: body.count, as: UInt32.self))
        guard CRC32C.checksum(body) == expected else { throw .checksumMismatch }
        var decoder = BatchDecoder(UnsafeRawBufferPointer(rebasing: body.dropFirst()))
        self = try decoder.batch()
        guard decoder.isAtEnd else { throw .trailingBytes }
    }
}
