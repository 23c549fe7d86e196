import JSON

/// The bytes of a JSON value that stay the same however it is written: members in the order of their keys, no space, texts without
/// escapes, fractions as the numbers that they are.
///
/// Not JSON: texts are written with their length, which costs less than escaping them.
struct CanonicalForm {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ node: JSONNode) {
        switch node.kind {
        case .null: bytes.append(UInt8(ascii: "n"))
        case .bool: bytes.append(UInt8(ascii: node.bool == true ? "t" : "f"))
        case .number: append(number: node)
        case .string: append(text: node.stringBytes ?? [])
        case .array:
            bytes.append(UInt8(ascii: "["))
            for element in node.elements { append(element) }
            bytes.append(UInt8(ascii: "]"))
        case .object:
            bytes.append(UInt8(ascii: "{"))
            append(members: node)
            bytes.append(UInt8(ascii: "}"))
        }
    }

    mutating func append(text: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: "\(text.count):".utf8)
        bytes.append(contentsOf: text)
    }

    /// Of repeated keys the last one counts, as everywhere.
    private mutating func append(members node: JSONNode) {
        var members: [(key: String, place: Int, value: JSONNode)] = []
        for (key, value) in node.members { members.append((key, members.count, value)) }
        members.sort { ($0.key, $0.place) < ($1.key, $1.place) }
        for (index, member) in members.enumerated() {
            if index + 1 < members.count, members[index + 1].key == member.key { continue }
            append(text: member.key.utf8)
            append(member.value)
        }
    }

    private mutating func append(number node: JSONNode) {
        bytes.append(UInt8(ascii: "#"))
        if node.isDecimal, let value = node.double {
            bytes.append(contentsOf: "\(value)".utf8)
        } else {
            node.withText { bytes.append(contentsOf: $0) }
        }
        bytes.append(UInt8(ascii: ";"))
    }
}
