extension JSONScanner {
    /// Reads a string from its opening quote past its closing one; checks its escapes and its UTF-8.
    mutating func scanString() throws(JSONError) {
        let start = position + 1
        var tag = JSONEntry.Tag.string
        // Kept out of `self` in the loop, so that it stays in a register.
        var end = start
        while true {
            end = Self.plainEnd(text, from: end)
            guard end < text.count else { throw JSONError(.unexpectedEnd, at: end) }
            let byte = text[end]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                tag = .escapedString
                if end + 1 < text.count, Self.isSimpleEscape(text[end + 1]) {
                    end += 2
                    continue
                }
            }
            position = end
            try scanSpecial(byte)
            end = position
        }
        append(tag, start: start, length: end - start)
        position = end + 1
    }

    /// Reads an escape that is more than a letter, or a character that is not ASCII.
    private mutating func scanSpecial(_ byte: UInt8) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "\\"): try scanEscape()
        case 0x80...: try scanSequence()
        default: throw JSONError(.controlCharacter, at: position)
        }
    }

    @inline(__always)
    private static func isSimpleEscape(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            true
        default: false
        }
    }

    /// The next byte that is a quote, a backslash, a control character or not ASCII; eight bytes are looked at together.
    @inline(__always)
    private static func plainEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        var position = start
        guard let base = text.baseAddress else { return position }
        while text.count - position >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let escapes = word ^ (ones &* 0x5C)
            // A byte of each term has its high bit set where the byte of the word is what the term looks for. Borrows can
            // set bits above the first hit only, and only the first hit is used. Bytes above 0x7F may be flagged as well,
            // which end the run anyway.
            let hits = (word &- (ones &* 0x20)) | (quotes &- ones) | (escapes &- ones)
            let mask = (hits | word) & high
            if mask != 0 { return position + (mask.trailingZeroBitCount >> 3) }
            position += 8
        }
        while position < text.count {
            let byte = base[position]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { break }
            position += 1
        }
        return position
    }

    private mutating func scanEscape() throws(JSONError) {
        let start = position
        guard start + 1 < text.count else { throw JSONError(.unexpectedEnd, at: text.count) }
        switch text[start + 1] {
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
