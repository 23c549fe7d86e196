package import Telemetry

/// A stretch of one metric's measures as bytes: a small header, a column of times, a column of values, a checksum.
///
/// The header can be read without the rest. Format: `docs/specs/measure-codecs.md`.
package struct MeasureSegment: Hashable, Sendable {
    /// What the header says.
    package struct Header: Hashable, Sendable {
        package let count: Int
        package let first: Instant
        package let last: Instant
    }

    package let bytes: [UInt8]

    /// Measures of one segment: a day of seconds several times over, and 16 MiB once unpacked.
    package static let countLimit = 1 << 20

    private static let format: UInt8 = 0x11

    /// Takes bytes from the store; nothing is read yet.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Packs measures.
    ///
    /// - Precondition: at least one measure and at most `countLimit`.
    package init(_ measures: Measures) {
        guard let first = measures.first, let last = measures.last, measures.count <= Self.countLimit else {
            preconditionFailure("a segment has from one to \(Self.countLimit) measures")
        }
        var writer = ByteWriter()
        writer.byte(Self.format)
        writer.varint(measures.count)
        writer.signed(first.timestamp.nanoseconds)
        writer.varint(UInt64(bitPattern: last.timestamp.nanoseconds &- first.timestamp.nanoseconds))
        TimestampColumn.write(measures.timestamps, from: first.timestamp, to: &writer)
        ValueColumn.write(measures.values, to: &writer)
        bytes = Sealed.seal(writer.bytes)
    }

    /// The header.
    ///
    /// Only its own bytes are looked at: the checksum is verified when the measures are read.
    package func header() throws(CodecError) -> Header {
        var reader = ByteReader(bytes)
        return try Self.header(&reader)
    }

    /// All measures.
    package func measures() throws(CodecError) -> Measures {
        // The format is looked at before the checksum: a newer one may seal otherwise.
        var reader = ByteReader(bytes)
        _ = try Self.header(&reader)
        var body = ByteReader(bytes, in: try Sealed.open(bytes, in: bytes.indices))
        let header = try Self.header(&body)
        let timestamps = try TimestampColumn.read(header.count, from: header.first, &body)
        let values = try ValueColumn.read(header.count, from: &body)
        try body.expectEnd()
        guard timestamps.first == header.first, timestamps.last == header.last,
            zip(timestamps, timestamps.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw .malformed(.timestamp) }
        return Measures(timestamps: timestamps, values: values)
    }

    private static func header(_ reader: inout ByteReader) throws(CodecError) -> Header {
        let format = try reader.byte()
        guard format == Self.format else { throw .formatUnknown(format) }
        return try Header(&reader, countLimit: countLimit)
    }
}

extension MeasureSegment.Header {
    /// Reads what follows the format: the count, the first instant and the length of time.
    init(_ reader: inout ByteReader, countLimit: Int) throws(CodecError) {
        count = try reader.count(.count, limit: countLimit)
        guard count > 0 else { throw .malformed(.count) }
        let start = try reader.signed()
        let end = start &+ Int64(bitPattern: try reader.varint())
        guard end >= start else { throw .malformed(.timestamp) }
        first = Instant(nanoseconds: start)
        last = Instant(nanoseconds: end)
    }
}
