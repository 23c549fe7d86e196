/// A column of floating-point numbers, each stored as its difference in bits (exclusive or) from the one before.
///
/// Layout: the length in bytes as a varint, then bits. The first number takes 64 bits. Then for each: `0` where it
/// equals the one before; `10` and the differing bits where they lie within the span of bits used last; `11`, six bits
/// for the zeros above, six for the length of the span less one, and the span. The idea is Facebook's Gorilla (VLDB
/// 2015, §4.1.2).
enum FloatColumn {
    static func write(_ values: [Double], to writer: inout ByteWriter) {
        guard var previous = values.first?.bitPattern else { return }
        var bits = BitWriter()
        bits.append(previous, width: 64)
        var span: (leading: Int, width: Int)?
        for value in values.dropFirst() {
            let difference = value.bitPattern ^ previous
            previous = value.bitPattern
            guard difference != 0 else {
                bits.append(0, width: 1)
                continue
            }
            let (leading, trailing) = (difference.leadingZeroBitCount, difference.trailingZeroBitCount)
            // A span far wider than needed costs more than stating a new one, which takes twelve bits.
            if let span, leading >= span.leading, trailing >= 64 - span.leading - span.width,
                span.width <= 64 - leading - trailing + 12
            {
                bits.append(0b01, width: 2)
                bits.append(difference >> UInt64(64 - span.leading - span.width), width: span.width)
            } else {
                let width = 64 - leading - trailing
                bits.append(0b11, width: 2)
                bits.append(UInt64(leading), width: 6)
                bits.append(UInt64(width - 1), width: 6)
                bits.append(difference >> UInt64(trailing), width: width)
                span = (leading, width)
            }
        }
        bits.finish()
        writer.varint(bits.bytes.count)
        writer.append(bits.bytes)
    }

    static func read(_ count: Int, from reader: inout ByteReader) throws(CodecError) -> [Double] {
        guard count > 0 else { return [] }
        let size = try reader.count(.length, limit: .max)
        let region = try reader.skip(size)
        // Each number after the first takes a bit at least.
        guard 63 + count <= region.count * 8 else { throw .truncated }
        var bits = reader.bits(in: region)
        var previous = try bits.read(width: 64)
        var values = [Double(bitPattern: previous)]
        values.reserveCapacity(count)
        var span: (leading: Int, width: Int)?
        for _ in 1..<count {
            if try bits.read(width: 1) == 1 {
                if try bits.read(width: 1) == 1 {
                    span = (Int(try bits.read(width: 6)), Int(try bits.read(width: 6)) + 1)
                }
                guard let span, span.leading + span.width <= 64 else { throw .malformed(.bits) }
                previous ^= try bits.read(width: span.width) << UInt64(64 - span.leading - span.width)
            }
            values.append(Double(bitPattern: previous))
        }
        return values
    }
}
