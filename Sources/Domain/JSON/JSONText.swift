/// The escapes of JSON strings, in both directions.
package enum JSONText {
    /// The value of four hexadecimal digits; nil where one is not a digit.
    static func unit(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt16? {
        var unit: UInt16 = 0
        for byte in text[position..<position + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The value of a string whose escapes have been checked.
    static func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        // The value is never longer than its text: `\uXXXX` takes six bytes for at most three.
        [UInt8](unsafeUninitializedCapacity: text.count) { output, count in
            count = unescape(text, into: output)
        }
    }

    /// Writes the value and returns its length. Plain runs are copied eight bytes at a time: the output is never ahead of the
    /// input, so that a word which fits the rest of the one fits the other.
    private static func unescape(
        _ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        guard let source = text.baseAddress, let target = output.baseAddress else { return 0 }
        var position = 0
        var end = 0
        while position < text.count {
            if text.count - position >= 8 {
                let word = UnsafeRawPointer(source + position).loadUnaligned(as: UInt64.self)
                UnsafeMutableRawPointer(target + end).storeBytes(of: word, as: UInt64.self)
                let run = plainPrefix(UInt64(littleEndian: word))
                position += run
                end += run
                if run == 8 { continue }
            } else if source[position] != UInt8(ascii: "\\") {
                target[end] = source[position]
                position += 1
                end += 1
                continue
            }
            end += writeEscape(text, &position, to: target + end)
        }
        return end
    }

    /// How many bytes come before the first backslash of eight.
    @inline(__always)
    private static func plainPrefix(_ word: UInt64) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let difference = word ^ (ones &* 0x5C)
        // The lowest set high bit stands for the first byte that is zero; borrows reach only the bytes after it.
        return ((difference &- ones) & ~difference & (ones << 7)).trailingZeroBitCount >> 3
    }

    /// Writes what an escape stands for and returns how many bytes that took.
    @inline(__always)
    private static func writeEscape(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let letter = text[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "b"): target.pointee = 0x08
        case UInt8(ascii: "f"): target.pointee = 0x0C
        case UInt8(ascii: "n"): target.pointee = 0x0A
        case UInt8(ascii: "r"): target.pointee = 0x0D
        case UInt8(ascii: "t"): target.pointee = 0x09
        case UInt8(ascii: "u"): return writeScalar(scalar(text, &position), to: target)
        default: target.pointee = letter
        }
        return 1
    }

    private static func writeScalar(_ scalar: Unicode.Scalar, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            target[count] = byte
            count += 1
        }
        return count
    }

    /// The scalar of the escape whose digits start here, taking a surrogate pair together; U+FFFD for half a pair.
    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard let high = unit(text, at: position) else { return replacement }
        position += 4
        guard (0xD800...0xDBFF).contains(high) else { return Unicode.Scalar(high) ?? replacement }
        guard position + 6 <= text.count, text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u"),
            let low = unit(text, at: position + 2), (0xDC00...0xDFFF).contains(low)
        else { return replacement }
        position += 6
        return Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)) ?? replacement
    }

    /// Appends text as a JSON string with its quotes; only what must be escaped is.
    package static func appendQuoted(_ text: some StringProtocol, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x0A: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
            case 0x0D: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
            case 0x09: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(hexadecimal(byte >> 4))
                output.append(hexadecimal(byte & 15))
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
