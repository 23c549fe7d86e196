extension JSONScanner {
    /// Reads a string from its opening quote past its closing one; checks its escapes and its UTF-8.
    mutating func scanString() throws(JSONError) {
        position += 1
        let start = position
        var tag = JSONEntry.Tag.string
        while true {
            skipPlain()
            guard position < text.count else { throw JSONError(.unexpectedEnd, at: position) }
            switch text[position] {
            case UInt8(ascii: "\""):
                append(tag, start: start, length: position - start)
                position += 1
                return
            case UInt8(ascii: "\\"):
                tag = .escapedString
                try scanEscape()
            case 0x80...:
                try scanSequence()
            default:
                throw JSONError(.controlCharacter, at: position)
            }
        }
    }

    /// Moves on to the next byte that is a quote, a backslash, a control character or not ASCII; eight bytes at a time.
    @inline(__always)
    private mutating func skipPlain() {
        guard let base = text.baseAddress else { return }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        while text.count - position >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
            // A byte of each term has its high bit set where the byte of the word is what the term looks for. Borrows can
            // set bits above the first hit only, and only the first hit is used.
            let quotes = word ^ (ones &* 0x22)
            let escapes = word ^ (ones &* 0x5C)
            let hits =
                (word &- (ones &* 0x20)) | (quotes &- ones) | (escapes &- ones)
            // `hits` may also flag bytes above 0x7F, which stop the scan anyway.
            let mask = (hits | word) & high
            if mask != 0 {
                position += mask.trailingZeroBitCount >> 3
                return
            }
            position += 8
        }
        while position < text.count {
            let byte = base[position]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return }
            position += 1
        }
    }

    private mutating func scanEscape() throws(JSONError) {
        let start = position
        guard start + 1 < text.count else { throw JSONError(.unexpectedEnd, at: text.count) }
        switch text[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position = start + 2
        case UInt8(ascii: "u"):
            position = start + 2
            let unit = try scanUnit()
            switch unit {
            case 0xD800...0xDBFF: try scanLowSurrogate(after: start)
            case 0xDC00...0xDFFF where limits.grammar == .strict: throw JSONError(.loneSurrogate, at: start)
            default: break
            }
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    /// Reads the second half of a surrogate pair where there is one; only the Python grammar does without it.
    private mutating func scanLowSurrogate(after start: Int) throws(JSONError) {
        let next = position
        if next + 1 < text.count, text[next] == UInt8(ascii: "\\"), text[next + 1] == UInt8(ascii: "u") {
            position = next + 2
            if (0xDC00...0xDFFF).contains(try scanUnit()) { return }
            position = next
        }
        if limits.grammar == .strict { throw JSONError(.loneSurrogate, at: start) }
    }

    /// Reads four hexadecimal digits.
    private mutating func scanUnit() throws(JSONError) -> UInt16 {
        guard position + 4 <= text.count else { throw JSONError(.unexpectedEnd, at: text.count) }
        guard let unit = JSONText.unit(text, at: position) else { throw JSONError(.invalidEscape, at: position - 2) }
        position += 4
        return unit
    }

    /// Reads one sequence of two to four bytes (Unicode 15, table 3-7: no overlong forms, no surrogates, no more than
    /// U+10FFFF).
    private mutating func scanSequence() throws(JSONError) {
        let lead = text[position]
        let trailing: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (trailing, second) = (1, 0x80...0xBF)
        case 0xE0: (trailing, second) = (2, 0xA0...0xBF)
        case 0xED: (trailing, second) = (2, 0x80...0x9F)
        case 0xE1...0xEF: (trailing, second) = (2, 0x80...0xBF)
        case 0xF0: (trailing, second) = (3, 0x90...0xBF)
        case 0xF1...0xF3: (trailing, second) = (3, 0x80...0xBF)
        case 0xF4: (trailing, second) = (3, 0x80...0x8F)
        default: throw JSONError(.invalidUTF8, at: position)
        }
        guard position + trailing < text.count, second.contains(text[position + 1]) else {
            throw JSONError(.invalidUTF8, at: position)
        }
        for offset in 1..<trailing where text[position + 1 + offset] & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: position)
        }
        position += trailing + 1
    }
}
