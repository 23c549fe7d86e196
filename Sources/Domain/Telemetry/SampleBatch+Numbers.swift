/// The numbers of the wire format, written to a growing array.
struct WireWriter {
    var bytes: [UInt8] = []

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ other: WireWriter) {
        bytes.append(contentsOf: other.bytes)
    }

    mutating func number(_ count: Int) {
        number(UInt64(count))
    }

    /// Seven bits a byte from the lowest; all but the last have the high bit set.
    mutating func number(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A signed number, folded so that numbers near zero are short.
    mutating func signed(_ number: Int64) {
        self.number(ZigZag.fold(number))
    }

    /// Writes a reading.
    ///
    /// A whole number as a folded number with a zero bit below it, anything else as the byte 1 and the eight
    /// bytes of the double, lowest first. Negative zero, which no whole number restores, is such another.
    mutating func value(_ value: Double) {
        if let whole = Int64(exactly: value), whole.magnitude <= ZigZag.wholeLimit, value.sign == .plus || whole != 0 {
            number(ZigZag.fold(whole) << 1)
        } else {
            byte(1)
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }
}

/// Reads the numbers of the wire format with every bound checked.
struct WireReader {
    private let buffer: UnsafeRawBufferPointer
    private var position = 0

    init(_ buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
    }

    var isAtEnd: Bool { position == buffer.count }
    var remaining: Int { buffer.count - position }

    mutating func byte() throws(WireError) -> UInt8 {
        guard position < buffer.count else { throw .truncated }
        defer { position += 1 }
        return buffer[position]
    }

    mutating func bytes(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
        guard count <= remaining else { throw .truncated }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: buffer[position..<position + count])
    }

    mutating func number() throws(WireError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try byte()
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw .invalid(.number) }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
        }
        throw .invalid(.number)
    }

    mutating func signed() throws(WireError) -> Int64 {
        ZigZag.unfold(try number())
    }

    /// How many items follow, each of at least this many bytes; more than can follow is an error before memory is taken.
    mutating func count(_ field: WireError.Field, minimumSize: Int) throws(WireError) -> Int {
        let count = try number()
        guard count <= UInt64(remaining / minimumSize) else { throw .limitExceeded(field) }
        return Int(count)
    }

    mutating func value() throws(WireError) -> Double {
        let number = try number()
        if number & 1 == 0 { return Double(ZigZag.unfold(number >> 1)) }
        guard number == 1 else { throw .invalid(.reading) }
        let pattern = try bytes(8).loadUnaligned(as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: pattern))
    }
}

/// Folds signed numbers onto unsigned ones: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
enum ZigZag {
    /// Whole readings up to this keep the bit that marks them free.
    static let wholeLimit: UInt64 = 1 << 61

    static func fold(_ number: Int64) -> UInt64 {
        UInt64(bitPattern: (number << 1) ^ (number >> 63))
    }

    static func unfold(_ number: UInt64) -> Int64 {
        Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }
}
