import Telemetry

/// A stretch of one metric's windows at one granularity as bytes: a header, the beginnings, a column per method, a
/// checksum.
///
/// Each column can be read without the others. Format: `docs/specs/measure-codecs.md`.
package struct WindowSegment: Hashable, Sendable {
    package typealias Header = MeasureSegment.Header

    package let bytes: [UInt8]

    /// Windows of one segment: as many as measures, for the same reason.
    package static let countLimit = MeasureSegment.countLimit

    private static let format: UInt8 = 0x21

    /// Takes bytes from the store; nothing is read yet.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Packs windows.
    ///
    /// - Precondition: at least one window and at most `countLimit`.
    package init(_ windows: FoldedWindows) {
        guard let first = windows.starts.first, let last = windows.starts.last, windows.count <= Self.countLimit else {
            preconditionFailure("a segment has from one to \(Self.countLimit) windows")
        }
        var writer = ByteWriter()
        writer.byte(Self.format)
        writer.varint(windows.count)
        writer.signed(first.nanoseconds)
        writer.varint(UInt64(bitPattern: last.nanoseconds &- first.nanoseconds))
        TimestampColumn.write(windows.starts, from: first, to: &writer)
        writer.varint(windows.columns.count)
        var patterns: [[UInt64?]] = []
        for column in windows.columns {
            let pattern = column.values.map { $0?.bitPattern }
            var body = ByteWriter()
            if let twin = patterns.firstIndex(of: pattern) {
                body.byte(Presence.twin.rawValue)
                body.varint(twin)
            } else {
                Self.write(column.values, to: &body)
            }
            patterns.append(pattern)
            writer.varint(UInt64(column.method.code))
            writer.varint(body.bytes.count)
            writer.append(body.bytes)
        }
        bytes = Sealed.seal(writer.bytes)
    }

    /// The header.
    ///
    /// Only its own bytes are looked at: the checksum is verified when the windows are read.
    package func header() throws(CodecError) -> Header {
        var reader = ByteReader(bytes)
        return try Self.header(&reader)
    }

    /// The windows with the columns of these methods, where the segment has them; with all columns for nil.
    package func windows(of methods: Set<AggregationMethod>? = nil) throws(CodecError) -> FoldedWindows {
        var reader = ByteReader(bytes)
        _ = try Self.header(&reader)
        var body = ByteReader(bytes, in: try Sealed.open(bytes, in: bytes.indices))
        let header = try Self.header(&body)
        let starts = try TimestampColumn.read(header.count, from: header.first, &body)
        guard starts.first == header.first, starts.last == header.last,
            zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .malformed(.timestamp) }
        let parts = try Self.parts(&body)
        try body.expectEnd()
        var columns: [FoldedWindows.Column] = []
        for (index, part) in parts.enumerated() where methods?.contains(part.method) ?? true {
            columns.append(.init(part.method, try Self.values(header.count, ofColumn: index, in: parts)))
        }
        return FoldedWindows(starts: starts, columns: columns)
    }

    private static func header(_ reader: inout ByteReader) throws(CodecError) -> Header {
        let format = try reader.byte()
        guard format == Self.format else { throw .formatUnknown(format) }
        return try Header(&reader, countLimit: countLimit)
    }
}

// MARK: Columns

extension WindowSegment {
    /// How a column says which windows have a value; the numbers are on disk.
    private enum Presence: UInt8 {
        /// All have one; a `ValueColumn` follows.
        case all = 0
        /// A bit per window, the lowest first, then a `ValueColumn` of those that have one.
        case some = 1
        /// The column equals an earlier one, whose position follows as a varint: one measure a window makes most
        /// methods equal.
        case twin = 2
    }

    private typealias Part = (method: AggregationMethod, body: ByteReader)

    private static func write(_ values: [Double?], to writer: inout ByteWriter) {
        let present = values.compactMap(\.self)
        if present.count == values.count {
            writer.byte(Presence.all.rawValue)
        } else {
            writer.byte(Presence.some.rawValue)
            var bits = BitWriter()
            for value in values { bits.append(value == nil ? 0 : 1, width: 1) }
            bits.finish()
            writer.append(bits.bytes)
        }
        ValueColumn.write(present, to: &writer)
    }

    /// Where each column's bytes are.
    private static func parts(_ reader: inout ByteReader) throws(CodecError) -> [Part] {
        let count = try reader.count(.column, limit: AggregationMethod.all.count)
        var parts: [Part] = []
        for _ in 0..<count {
            let code = try reader.count(.method, limit: Int(UInt16.max))
            guard let method = AggregationMethod(code: UInt16(code)) else { throw .malformed(.method) }
            if let last = parts.last, last.method >= method { throw .malformed(.method) }
            let size = try reader.count(.length, limit: .max)
            parts.append((method, try reader.part(size)))
        }
        return parts
    }

    private static func values(_ count: Int, ofColumn index: Int, in parts: [Part]) throws(CodecError) -> [Double?] {
        var body = parts[index].body
        guard let presence = Presence(rawValue: try body.byte()) else { throw .malformed(.presence) }
        switch presence {
        case .twin:
            let twin = try body.count(.column, limit: parts.count)
            try body.expectEnd()
            // A twin comes before, so that following twins ends.
            guard twin < index else { throw .malformed(.column) }
            return try values(count, ofColumn: twin, in: parts)
        case .all:
            let values = try ValueColumn.read(count, from: &body)
            try body.expectEnd()
            return values
        case .some:
            var bits = body.bits(in: try body.skip((count + 7) / 8))
            var isPresent: [Bool] = []
            isPresent.reserveCapacity(count)
            for _ in 0..<count { isPresent.append(try bits.read(width: 1) == 1) }
            let present = try ValueColumn.read(isPresent.count(where: \.self), from: &body)
            try body.expectEnd()
            var next = present.makeIterator()
            return isPresent.map { $0 ? next.next() : nil }
        }
    }
}
