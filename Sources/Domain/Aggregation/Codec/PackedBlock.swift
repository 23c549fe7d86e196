/// Up to 64 unsigned numbers as runs of bits of one width, with the rare number that is wider kept aside.
///
/// Layout: one byte, the width in its lower seven bits and whether there are wide numbers in its highest; then, if so,
/// one byte with how many; then the lowest bits of every number; then for each wide number its position, one byte, and
/// its remaining bits as a varint. The width is the one that gives the fewest bytes. Sixty-four zeros take one byte.
enum PackedBlock {
    static let sizeLimit = 64

    private static let hasWide: UInt8 = 0x80

    /// Appends the numbers.
    static func write(_ values: ArraySlice<UInt64>, to writer: inout ByteWriter) {
        let (width, _) = best(values)
        let wide = values.indices.filter { values[$0].bitWidthUsed > width }
        writer.byte(UInt8(width) | (wide.isEmpty ? 0 : hasWide))
        if !wide.isEmpty { writer.byte(UInt8(wide.count)) }
        var bits = BitWriter()
        let mask = mask(width)
        for value in values { bits.append(value & mask, width: width) }
        bits.finish()
        writer.append(bits.bytes)
        for index in wide {
            writer.byte(UInt8(index - values.startIndex))
            writer.varint(values[index] >> UInt64(width))
        }
    }

    /// Reads `count` numbers and appends them.
    static func read(_ count: Int, from reader: inout ByteReader, into values: inout [UInt64]) throws(CodecError) {
        let head = try reader.byte()
        let width = Int(head & ~hasWide)
        guard width <= 64 else { throw .malformed(.bits) }
        let wideCount = head & hasWide == 0 ? 0 : Int(try reader.byte())
        guard wideCount <= count else { throw .malformed(.bits) }
        let start = values.count
        var bits = reader.bits(in: try reader.skip((count * width + 7) / 8))
        for _ in 0..<count { values.append(width == 0 ? 0 : try bits.read(width: width)) }
        for _ in 0..<wideCount {
            let position = Int(try reader.byte())
            let rest = try reader.varint()
            guard position < count, rest <= UInt64.max >> UInt64(width) else { throw .malformed(.bits) }
            values[start + position] |= rest << UInt64(width)
        }
    }

    /// The bytes that the numbers take.
    static func size(_ values: ArraySlice<UInt64>) -> Int { best(values).size }

    /// The width that needs the fewest bytes, found from how many numbers use how many bits.
    private static func best(_ values: ArraySlice<UInt64>) -> (width: Int, size: Int) {
        var counts = InlineArray<65, Int>(repeating: 0)
        var widest = 0
        for value in values {
            counts[value.bitWidthUsed] += 1
            widest = max(widest, value.bitWidthUsed)
        }
        var used = InlineArray<65, Int>(repeating: 0)
        var usedCount = 0
        for width in 0...widest where counts[width] > 0 {
            used[usedCount] = width
            usedCount += 1
        }
        var best = (width: widest, size: 1 + (values.count * widest + 7) / 8)
        // From the widest down: once the numbers kept aside alone take more than the best, narrower can only be worse.
        for width in (0..<widest).reversed() {
            var aside = 0
            var index = usedCount - 1
            while index >= 0, used[index] > width {
                aside += counts[used[index]] * (1 + (used[index] - width + 6) / 7)
                index -= 1
            }
            guard 2 + aside < best.size else { break }
            let size = 2 + (values.count * width + 7) / 8 + aside
            if size < best.size { best = (width, size) }
        }
        return best
    }

    private static func mask(_ width: Int) -> UInt64 { width == 64 ? .max : 1 << UInt64(width) - 1 }
}

extension UInt64 {
    /// The bits from the highest one that is set; 0 for zero.
    var bitWidthUsed: Int { 64 - leadingZeroBitCount }
}
