/// The values of many metrics side by side, which have little in common: four bits of form and as few bytes as each
/// needs.
///
/// Layout: the forms, two a byte, the lower half first; then the bytes of each value. Forms 0 to 7 are that many bytes
/// of a whole number (zigzag), counted from the value before where that is of the same metric, whole, and in the same
/// block; 8 is a double as it is; 9 to 12 are one to four bytes of hundredths; 13 to 15 are three to five bytes of
/// millionths.
enum MixedValueColumn {
    private enum Form {
        static let double: UInt8 = 8
        static let hundredths: UInt8 = 9
        static let millionths: UInt8 = 13
    }

    private static let hundredthsPower = 2
    private static let millionthsPower = 6

    /// Appends values; `isContinued` says of each whether it is of the same metric as the one before.
    static func write(_ values: ArraySlice<Double>, isContinued: [Bool], to writer: inout ByteWriter) {
        var forms = BitWriter()
        var body = ByteWriter()
        var previous: Int64?
        for (value, isContinued) in zip(values, isContinued) {
            let whole = DecimalScale.whole(value, power: 0)
            let (form, number, size) = encoded(value, whole: whole, previous: isContinued ? previous : nil)
            forms.append(UInt64(form), width: 4)
            body.littleEndian(number, size: size)
            previous = whole
        }
        forms.finish()
        writer.append(forms.bytes)
        writer.append(body.bytes)
    }

    /// Reads as many values as there are flags.
    static func read(isContinued: [Bool], from reader: inout ByteReader) throws(CodecError) -> [Double] {
        var forms = reader.bits(in: try reader.skip((isContinued.count + 1) / 2))
        var values: [Double] = []
        values.reserveCapacity(isContinued.count)
        var previous: Int64?
        for isContinued in isContinued {
            let form = UInt8(try forms.read(width: 4))
            let number = try reader.littleEndian(size: size(of: form))
            if form < Form.double {
                let whole = (isContinued ? previous ?? 0 : 0) &+ Int64(zigzag: number)
                values.append(Double(whole))
                previous = whole
            } else {
                values.append(decoded(number, form: form))
                previous = nil
            }
        }
        return values
    }

    private static func encoded(
        _ value: Double, whole: Int64?, previous: Int64?
    ) -> (form: UInt8, number: UInt64, size: Int) {
        if let whole {
            let number = (whole - (previous ?? 0)).zigzag
            let size = number.byteCount
            return (UInt8(size), number, size)
        }
        if let number = DecimalScale.whole(value, power: hundredthsPower)?.zigzag, number.byteCount <= 4 {
            let size = max(1, number.byteCount)
            return (Form.hundredths + UInt8(size - 1), number, size)
        }
        if let number = DecimalScale.whole(value, power: millionthsPower)?.zigzag, number.byteCount <= 5 {
            let size = max(3, number.byteCount)
            return (Form.millionths + UInt8(size - 3), number, size)
        }
        return (Form.double, value.bitPattern, 8)
    }

    private static func size(of form: UInt8) -> Int {
        if form <= Form.double { return Int(form) }
        return form < Form.millionths ? Int(form - Form.hundredths) + 1 : Int(form - Form.millionths) + 3
    }

    private static func decoded(_ number: UInt64, form: UInt8) -> Double {
        if form == Form.double { return Double(bitPattern: number) }
        let power = form < Form.millionths ? hundredthsPower : millionthsPower
        return DecimalScale.value(Int64(zigzag: number), power: power)
    }
}

extension UInt64 {
    /// The bytes that this number takes; none for zero.
    fileprivate var byteCount: Int { (bitWidthUsed + 7) / 8 }
}
