/// A column of values in the smallest of three forms: whole numbers over a power of ten, differences in bits, or as
/// they are.
///
/// Layout: one byte names the form, then what the form needs. Every bit pattern of a double is kept.
enum ValueColumn {
    /// The forms; the numbers are on disk.
    private enum Form: UInt8 {
        /// One byte for the power of ten, then an `IntegerColumn`.
        case decimal = 0
        /// A `FloatColumn`.
        case differences = 1
        /// Eight bytes each, for values that have nothing in common.
        case plain = 2
    }

    static func write(_ values: [Double], to writer: inout ByteWriter) {
        guard !values.isEmpty else { return }
        var smallest = ByteWriter()
        smallest.byte(Form.differences.rawValue)
        FloatColumn.write(values, to: &smallest)
        if let (power, wholes) = DecimalScale.wholes(values) {
            var decimal = ByteWriter()
            decimal.byte(Form.decimal.rawValue)
            decimal.byte(UInt8(power))
            IntegerColumn.write(wholes, to: &decimal)
            if decimal.bytes.count <= smallest.bytes.count { smallest = decimal }
        }
        if smallest.bytes.count > 1 + 8 * values.count {
            smallest = ByteWriter()
            smallest.byte(Form.plain.rawValue)
            for value in values { smallest.littleEndian(value.bitPattern, size: 8) }
        }
        writer.append(smallest.bytes)
    }

    static func read(_ count: Int, from reader: inout ByteReader) throws(CodecError) -> [Double] {
        guard count > 0 else { return [] }
        guard let form = Form(rawValue: try reader.byte()) else { throw .malformed(.value) }
        switch form {
        case .decimal:
            let power = Int(try reader.byte())
            guard DecimalScale.powers.indices.contains(power) else { throw .malformed(.value) }
            return try IntegerColumn.read(count, from: &reader).map { DecimalScale.value($0, power: power) }
        case .differences:
            return try FloatColumn.read(count, from: &reader)
        case .plain:
            guard count <= reader.remaining / 8 else { throw .truncated }
            var values: [Double] = []
            values.reserveCapacity(count)
            for _ in 0..<count { values.append(Double(bitPattern: try reader.littleEndian(size: 8))) }
            return values
        }
    }
}
