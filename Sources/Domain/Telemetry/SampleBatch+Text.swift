import JSON

/// How a text of the dictionary is written.
enum TextForm: UInt8 {
    /// Length and UTF-8 bytes.
    case plain = 0
    /// A UUID in its canonical text: lower case with hyphens. 16 bytes.
    case uuid = 1
    /// 32 lower-case hexadecimal digits, as Keystone's ids. 16 bytes.
    case hex = 2
    /// A text around an earlier UUID: references to prefix, UUID and suffix. Ids of disks and interfaces hold their
    /// server's id, and every resource of a server repeats it.
    case around = 3
}

/// Numbers the texts of a batch in the order of their first use.
struct TextEncoder {
    private var references: [ExactText: Int] = [:]
    private var count = 0
    private var wire = WireWriter()

    /// The number of this text; it is written at its first use.
    mutating func reference(to text: String) -> Int {
        let exact = ExactText(text)
        if let reference = references[exact] { return reference }
        write(text)
        references[exact] = count
        count += 1
        return count - 1
    }

    func write(to other: inout WireWriter) {
        other.number(count)
        other.append(wire)
    }

    private mutating func write(_ text: String) {
        var text = text
        text.makeContiguousUTF8()
        precondition(text.utf8.count <= SampleBatch.textSizeLimit, "a text is longer than a batch may hold")
        let found = text.utf8.withContiguousStorageIfAvailable(UUIDText.init(findIn:)) ?? nil
        guard let found else {
            wire.byte(TextForm.plain.rawValue)
            wire.number(text.utf8.count)
            wire.bytes.append(contentsOf: text.utf8)
            return
        }
        let whole = 0..<text.utf8.count
        if found.range == whole {
            wire.byte(found.isHyphenated ? TextForm.uuid.rawValue : TextForm.hex.rawValue)
            wire.bytes.append(contentsOf: found.bytes)
            return
        }
        let start = text.utf8.index(text.startIndex, offsetBy: found.range.lowerBound)
        let end = text.utf8.index(text.startIndex, offsetBy: found.range.upperBound)
        let parts = [text[..<start], text[start..<end], text[end...]].map { reference(to: String($0)) }
        wire.byte(TextForm.around.rawValue)
        for part in parts { wire.number(part) }
    }
}

/// A UUID found in a text.
struct UUIDText {
    /// Where it stands, in bytes of the text's UTF-8.
    let range: Range<Int>
    let bytes: [UInt8]
    let isHyphenated: Bool

    private static let hyphens = [8, 13, 18, 23]
    private static let digits = Array("0123456789abcdef".utf8)

    /// Finds the first canonical UUID of a text, or a text that is wholly 32 hexadecimal digits; lower case only, so that
    /// the text is restored as it was.
    init?(findIn utf8: UnsafeBufferPointer<UInt8>) {
        if utf8.count == 32, let bytes = Self.bytes(of: utf8) {
            self.init(range: 0..<32, bytes: bytes, isHyphenated: false)
            return
        }
        guard utf8.count >= 36 else { return nil }
        for start in 0...(utf8.count - 36) where Self.hyphens.allSatisfy({ utf8[start + $0] == UInt8(ascii: "-") }) {
            let digits = (0..<36).filter { !Self.hyphens.contains($0) }.map { utf8[start + $0] }
            guard let bytes = digits.withUnsafeBufferPointer(Self.bytes(of:)) else { continue }
            self.init(range: start..<start + 36, bytes: bytes, isHyphenated: true)
            return
        }
        return nil
    }

    /// The text of 16 bytes.
    static func text(of bytes: UnsafeRawBufferPointer, hyphenated: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for byte in bytes {
            if hyphenated, hyphens.contains(text.count) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private init(range: Range<Int>, bytes: [UInt8], isHyphenated: Bool) {
        self.range = range
        self.bytes = bytes
        self.isHyphenated = isHyphenated
    }

    private static func bytes(of digits: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for pair in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[pair]), let low = nibble(digits[pair + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
