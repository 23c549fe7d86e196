extension JSONScanner {
    /// Reads a number and checks its grammar; its value is computed when somebody asks for it.
    mutating func scanNumber() throws(JSONError) {
        let start = position
        if text[position] == UInt8(ascii: "-") {
            position += 1
            if limits.grammar == .python, position < text.count, text[position] == UInt8(ascii: "I") {
                position = start
                return try scanWord("-Infinity", .negativeInfinity)
            }
        }
        let first = position
        try scanDigits()
        if text[first] == UInt8(ascii: "0"), position - first > 1 { throw JSONError(.invalidNumber, at: first) }
        var tag = JSONEntry.Tag.integer
        var mayOverflow = position - first > JSONNumber.safeDigitCount
        if position < text.count, text[position] == UInt8(ascii: ".") {
            tag = .decimal
            position += 1
            try scanDigits()
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            tag = .decimal
            mayOverflow = true
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            try scanDigits()
        }
        if mayOverflow, limits.grammar == .strict,
            !JSONNumber.double(UnsafeBufferPointer(rebasing: text[start..<position])).isFinite
        {
            throw JSONError(.numberOutOfRange, at: start)
        }
        append(tag, start: start, length: position - start)
    }

    /// Reads one digit or more.
    private mutating func scanDigits() throws(JSONError) {
        let start = position
        while position < text.count, text[position] &- 0x30 < 10 {
            position += 1
        }
        guard position > start else {
            throw JSONError(position < text.count ? .invalidNumber : .unexpectedEnd, at: position)
        }
    }
}
