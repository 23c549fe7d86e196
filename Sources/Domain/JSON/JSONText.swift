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

    /// Appends the value of a string whose escapes have been checked.
    static func unescape(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        // The value is never longer than its text: `\uXXXX` takes six bytes for at most three.
        let count = output.count
        output.reserveCapacity(count + text.count)
        var position = 0
        while position < text.count {
            let start = position
            while position < text.count, text[position] != UInt8(ascii: "\\") {
                position += 1
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<position]))
            if position < text.count {
                appendEscape(text, &position, into: &output)
            }
        }
    }

    private static func appendEscape(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, into output: inout [UInt8]
    ) {
        let letter = text[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"): output.append(contentsOf: Unicode.UTF8.bytes(of: scalar(text, &position)))
        default: output.append(letter)
        }
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

extension Unicode.UTF8 {
    fileprivate static func bytes(of scalar: Unicode.Scalar) -> EncodedScalar {
        // Every scalar has a form in UTF-8.
        encode(scalar) ?? encodedReplacementCharacter
    }
}
