import Telemetry

/// A column of instants as their offsets from one that the reader knows: the unit of the offsets as a varint, and the
/// offsets counted in that unit as an `IntegerColumn`.
///
/// The unit is the greatest that divides all offsets, so that times of a poll on whole seconds don't pay for
/// nanoseconds.
enum TimestampColumn {
    static func write(_ timestamps: [Instant], from base: Instant, to writer: inout ByteWriter) {
        guard !timestamps.isEmpty else { return }
        let offsets = timestamps.map { $0.nanoseconds &- base.nanoseconds }
        let unit = unit(of: offsets)
        writer.varint(UInt64(unit))
        IntegerColumn.write(offsets.map { $0 / unit }, to: &writer)
    }

    static func read(_ count: Int, from base: Instant, _ reader: inout ByteReader) throws(CodecError) -> [Instant] {
        guard count > 0 else { return [] }
        let unit = try reader.varint()
        guard unit > 0, let unit = Int64(exactly: unit) else { throw .malformed(.timestamp) }
        return try IntegerColumn.read(count, from: &reader).map { Instant(nanoseconds: base.nanoseconds &+ $0 &* unit) }
    }

    /// The greatest number that divides all offsets; 1 where they are all zero.
    static func unit(of offsets: [Int64]) -> Int64 {
        var unit: UInt64 = 0
        for offset in offsets where unit != 1 {
            var (greater, smaller) = (offset.magnitude, unit)
            while smaller != 0 { (greater, smaller) = (smaller, greater % smaller) }
            unit = greater
        }
        return Int64(exactly: unit).flatMap { $0 > 0 ? $0 : nil } ?? 1
    }
}
