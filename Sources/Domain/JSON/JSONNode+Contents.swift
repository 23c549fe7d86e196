extension JSONNode {
    /// The value of the object's last member with this key; nil where there is none or the value is no object.
    package subscript(key: String) -> JSONNode? {
        var key = key
        return key.withUTF8 { value(forKey: $0) }
    }

    /// The element at this place, counted from 0; nil where there is none or the value is no array.
    package subscript(position: Int) -> JSONNode? {
        guard entry.tag == .array, position >= 0 else { return nil }
        var iterator = elements.makeIterator()
        for _ in 0..<position {
            guard iterator.next() != nil else { return nil }
        }
        return iterator.next()
    }

    /// The value for a key given as UTF-8, for callers that look up the same keys over and over.
    package func value(forKey key: UnsafeBufferPointer<UInt8>) -> JSONNode? {
        let container = entry
        guard container.tag == .object else { return nil }
        var found: Int?
        var next = index + 1
        document.bytes.withUnsafeBufferPointer { bytes in
            document.tape.withUnsafeBufferPointer { tape in
                while next < container.next {
                    if Self.matches(tape[next], key, in: bytes) { found = next + 1 }
                    next = Int(tape[next + 1].next)
                }
            }
        }
        return found.map { JSONNode(document: document, index: $0) }
    }

    private static func matches(
        _ entry: JSONEntry, _ key: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if entry.tag == .string {
            guard Int(entry.length) == key.count else { return false }
            return UnsafeBufferPointer(rebasing: bytes[entry.range]).elementsEqual(key)
        }
        return JSONText.unescaped(UnsafeBufferPointer(rebasing: bytes[entry.range])).elementsEqual(key)
    }

    /// The members of an object in the order of the text, repeated keys included; empty for any other kind.
    package var members: Members { Members(document: document, container: entry, index: index) }

    /// The elements of an array; empty for any other kind.
    package var elements: Elements { Elements(document: document, container: entry, index: index) }

    package struct Members: Sequence, IteratorProtocol, Sendable {
        private let document: JSONDocument
        private var cursor: Int
        private let end: Int

        init(document: JSONDocument, container: JSONEntry, index: Int) {
            self.document = document
            self.cursor = index + 1
            self.end = container.tag == .object ? Int(container.next) : index + 1
        }

        package mutating func next() -> (key: String, value: JSONNode)? {
            guard cursor < end else { return nil }
            let key = JSONNode(document: document, index: cursor)
            let value = JSONNode(document: document, index: cursor + 1)
            cursor = Int(value.entry.next)
            guard let text = key.string else {
                preconditionFailure("the tape of an object alternates strings and values")
            }
            return (text, value)
        }
    }

    package struct Elements: Sequence, IteratorProtocol, Sendable {
        private let document: JSONDocument
        private var cursor: Int
        private let end: Int

        init(document: JSONDocument, container: JSONEntry, index: Int) {
            self.document = document
            self.cursor = index + 1
            self.end = container.tag == .array ? Int(container.next) : index + 1
        }

        package mutating func next() -> JSONNode? {
            guard cursor < end else { return nil }
            let value = JSONNode(document: document, index: cursor)
            cursor = Int(value.entry.next)
            return value
        }
    }
}

extension JSONNode {
    /// The value as a tree of its own; repeated keys are folded into the last value at the first one's place.
    package var value: JSONValue {
        switch kind {
        case .null: .null
        case .bool: .bool(entry.tag == .true)
        case .number: number
        case .string: .string(string ?? "")
        case .array: .array(elements.map(\.value))
        case .object: .object(Self.folded(members))
        }
    }

    private var number: JSONValue {
        if let value = int { return .int(value) }
        return .double(double ?? .nan)
    }

    private static func folded(_ members: Members) -> [JSONValue.Member] {
        var result: [JSONValue.Member] = []
        var places = KeyPlaces()
        for (key, node) in members {
            let member = JSONValue.Member(key, node.value)
            if let place = places.place(of: key, among: result.count, { result[$0].key }) {
                result[place] = member
            } else {
                result.append(member)
            }
        }
        return result
    }

    /// The members of an object, each key once: the last value of a repeated one, at the first one's place. Empty for any other
    /// kind.
    package var uniqueMembers: [(key: String, value: JSONNode)] {
        var result: [(key: String, value: JSONNode)] = []
        var places = KeyPlaces()
        for (key, node) in members {
            if let place = places.place(of: key, among: result.count, { result[$0].key }) {
                result[place].value = node
            } else {
                result.append((key, node))
            }
        }
        return result
    }
}
