/// Reads a document: elements, attributes, text, the five predefined entities, character references, CDATA and comments.
///
/// libvirt writes its documents with libxml2, so that they are well-formed and have no document type; anything that could
/// expand or include is refused.
package struct XMLReader {
    /// Deeper documents are refused; libvirt's have some ten levels.
    package static let depthLimit = 64
    /// Larger documents are refused; a domain with a hundred disks has 100 KiB.
    package static let sizeLimit = 16 << 20

    private let bytes: [UInt8]
    private var position = 0

    /// Reads the root element of a document.
    package static func root(of text: String) throws(XMLError) -> XMLElement {
        var reader = XMLReader(bytes: Array(text.utf8))
        guard reader.bytes.count <= sizeLimit else { throw reader.error("the document is too large") }
        try reader.skipMiscellany()
        let root = try reader.element(depth: 0)
        try reader.skipMiscellany()
        guard reader.position == reader.bytes.count else { throw reader.error("there is text after the root element") }
        return root
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
        guard depth < Self.depthLimit else { throw error("the document is too deep") }
        guard take("<") else { throw error("an element was expected") }
        let fullName = try name()
        var attributes: [String: String] = [:]
        while true {
            skipSpace()
            if take("/>") {
                return XMLElement(name: Self.local(fullName), attributes: attributes)
            }
            if take(">") { break }
            let (key, value) = try attribute()
            attributes[key] = value
        }
        var children: [XMLElement] = []
        var text: [UInt8] = []
        while !take("</") {
            if take("<!--") {
                try skip(past: "-->")
            } else if take("<![CDATA[") {
                text += try bytes(until: "]]>")
            } else if peek == UInt8(ascii: "<") {
                children.append(try element(depth: depth + 1))
            } else {
                text += try character()
            }
        }
        guard try name() == fullName else { throw error("element \(fullName) is not closed") }
        skipSpace()
        guard take(">") else { throw error("'>' was expected") }
        return XMLElement(
            name: Self.local(fullName), attributes: attributes, children: children, text: Self.trimmed(text))
    }

    private mutating func attribute() throws(XMLError) -> (String, String) {
        let key = try name()
        skipSpace()
        guard take("=") else { throw error("'=' was expected after attribute \(key)") }
        skipSpace()
        guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw error("attribute \(key) has no quoted value")
        }
        position += 1
        var value: [UInt8] = []
        while peek != quote { value += try character() }
        position += 1
        return (Self.local(key), String(decoding: value, as: UTF8.self))
    }

    /// One byte of text, or the character that a reference stands for.
    private mutating func character() throws(XMLError) -> [UInt8] {
        guard let byte = peek else { throw error("the document ends too early") }
        guard byte == UInt8(ascii: "&") else {
            position += 1
            return [byte]
        }
        let start = position
        position += 1
        let reference = String(decoding: try bytes(until: ";"), as: UTF8.self)
        switch reference {
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "amp": return [UInt8(ascii: "&")]
        case "apos": return [UInt8(ascii: "'")]
        case "quot": return [UInt8(ascii: "\"")]
        default:
            let number =
                reference.hasPrefix("#x")
                ? UInt32(reference.dropFirst(2), radix: 16)
                : reference.hasPrefix("#") ? UInt32(reference.dropFirst()) : nil
            guard let scalar = number.flatMap(Unicode.Scalar.init) else {
                position = start
                throw error("reference &\(reference); is not known")
            }
            return Array(String(Character(scalar)).utf8)
        }
    }

    private mutating func name() throws(XMLError) -> String {
        let start = position
        while let byte = peek, Self.isNameByte(byte) { position += 1 }
        guard position > start else { throw error("a name was expected") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Passes over white space, comments and processing instructions, which may stand around the root element.
    private mutating func skipMiscellany() throws(XMLError) {
        while true {
            skipSpace()
            if take("<!--") { try skip(past: "-->") } else if take("<?") { try skip(past: "?>") } else { return }
        }
    }

    private mutating func skipSpace() {
        while let byte = peek, Self.isSpace(byte) { position += 1 }
    }

    private mutating func skip(past mark: StaticString) throws(XMLError) {
        _ = try bytes(until: mark)
    }

    private mutating func bytes(until mark: StaticString) throws(XMLError) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count {
            let end = position
            if take(mark) { return bytes[start..<end] }
            position += 1
        }
        throw error("'\(mark)' was expected")
    }

    private mutating func take(_ mark: StaticString) -> Bool {
        let size = mark.utf8CodeUnitCount
        guard position + size <= bytes.count else { return false }
        for offset in 0..<size where bytes[position + offset] != mark.utf8Start[offset] { return false }
        position += size
        return true
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private func error(_ reason: String) -> XMLError {
        XMLError(reason: reason, position: position)
    }

    private static func local(_ name: String) -> String {
        name.split(separator: ":", maxSplits: 1).last.map(String.init) ?? name
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        !isSpace(byte) && !"<>/=&;'\"".utf8.contains(byte)
    }

    private static func trimmed(_ text: [UInt8]) -> String {
        let kept = text.drop(while: isSpace)
        let end = kept.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? kept.startIndex
        return String(decoding: kept[..<end], as: UTF8.self)
    }
}
