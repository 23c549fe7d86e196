/// Checks a text against the grammar and writes the tape of its values, in one pass and without recursion.
///
/// Lives for one call of `scan`, on the caller's thread; `text` outlives it.
struct JSONScanner {
    let text: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var position = 0
    var tape: [JSONEntry] = []
    /// The tape indices of the containers that are not closed yet, outermost first.
    private var open: [Int] = []

    init(_ text: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.text = text
        self.limits = limits
        // A value and its key take some sixteen bytes of a typical notification.
        tape.reserveCapacity(text.count / 8 + 8)
        open.reserveCapacity(16)
    }

    /// The tape of the whole text, which must be exactly one value.
    mutating func scan() throws(JSONError) -> [JSONEntry] {
        guard text.count <= limits.sizeLimit else { throw JSONError(.tooLarge, at: limits.sizeLimit) }
        try scanValue()
        while let container = open.last {
            if tape[container].tag == .object {
                try scanMember(of: container)
            } else {
                try scanElement(of: container)
            }
        }
        skipSpace()
        guard position == text.count else { throw JSONError(.trailingBytes, at: position) }
        return tape
    }

    /// Reads the next member of an object with its key, or its end.
    private mutating func scanMember(of container: Int) throws(JSONError) {
        let isFirst = container == tape.count - 1
        var byte = try nextByte()
        if byte == UInt8(ascii: "}") {
            return close(container)
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
            byte = try nextByte()
        }
        guard byte == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
        try scanString()
        guard try nextByte() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        try scanValue()
    }

    /// Reads the next element of an array, or its end.
    private mutating func scanElement(of container: Int) throws(JSONError) {
        let isFirst = container == tape.count - 1
        let byte = try nextByte()
        if byte == UInt8(ascii: "]") {
            return close(container)
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
        }
        try scanValue()
    }

    /// Reads a scalar, or opens a container whose contents the main loop reads.
    private mutating func scanValue() throws(JSONError) {
        let byte = try nextByte()
        switch byte {
        case UInt8(ascii: "\""): try scanString()
        case UInt8(ascii: "{"): try enter(.object)
        case UInt8(ascii: "["): try enter(.array)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
        case UInt8(ascii: "t"): try scanWord("true", .true)
        case UInt8(ascii: "f"): try scanWord("false", .false)
        case UInt8(ascii: "n"): try scanWord("null", .null)
        case UInt8(ascii: "N") where limits.grammar == .python: try scanWord("NaN", .notANumber)
        case UInt8(ascii: "I") where limits.grammar == .python: try scanWord("Infinity", .infinity)
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    private mutating func enter(_ tag: JSONEntry.Tag) throws(JSONError) {
        guard open.count < limits.depthLimit else { throw JSONError(.tooDeep, at: position) }
        open.append(tape.count)
        append(tag, start: position, length: 0)
        position += 1
    }

    private mutating func close(_ container: Int) {
        position += 1
        tape[container].length = UInt32(truncatingIfNeeded: position) - tape[container].start
        tape[container].next = UInt32(truncatingIfNeeded: tape.count)
        open.removeLast()
    }

    mutating func append(_ tag: JSONEntry.Tag, start: Int, length: Int) {
        tape.append(
            JSONEntry(
                tag: tag, start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length),
                next: UInt32(truncatingIfNeeded: tape.count + 1)))
    }

    mutating func scanWord(_ word: StaticString, _ tag: JSONEntry.Tag) throws(JSONError) {
        let start = position
        for offset in 0..<word.utf8CodeUnitCount {
            guard position < text.count else { throw JSONError(.unexpectedEnd, at: position) }
            guard text[position] == word.utf8Start[offset] else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
        }
        append(tag, start: start, length: position - start)
    }

    /// The next byte that is not white space; it is not consumed.
    @inline(__always)
    private mutating func nextByte() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < text.count else { throw JSONError(.unexpectedEnd, at: position) }
        return text[position]
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < text.count {
            let byte = text[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }
}
