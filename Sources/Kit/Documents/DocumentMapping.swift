/// A mapping and the keys that were asked for; the others are unknown and become problems.
package final class DocumentMapping {
    private let node: DocumentNode
    private let entries: [String: DocumentNode.Entry]
    private let order: [String]
    private let source: String
    package let path: String
    private let problems: ProblemList
    private var known: Set<String> = []

    init(node: DocumentNode, entries: [DocumentNode.Entry], source: String, path: String, problems: ProblemList) {
        self.node = node
        self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.order = entries.map(\.key)
        self.source = source
        self.path = path
        self.problems = problems
    }

    /// The value of a key; nil where it is absent or null.
    package subscript(key: String) -> DocumentValue? {
        known.insert(key)
        guard let entry = entries[key], entry.value.kind != .null else { return nil }
        return value(of: entry)
    }

    /// The value of a key that must be there; nil after its absence was reported.
    package func required(_ key: String) -> DocumentValue? {
        if let value = self[key] { return value }
        report("the key \(key) is missing")
        return nil
    }

    /// Every key with its value, null ones too, in the order of the text: for mappings whose keys are data.
    package func all() -> [(key: String, value: DocumentValue)] {
        known.formUnion(order)
        return order.compactMap { key in entries[key].map { (key, value(of: $0)) } }
    }

    /// Whether a key is written, even with a null value; asking makes it known.
    package func contains(_ key: String) -> Bool {
        known.insert(key)
        return entries[key] != nil
    }

    /// Reports a problem of the mapping as a whole.
    package func report(_ message: String) {
        problems.report(Problem(source: source, position: node.position, path: path, message: message))
    }

    func unknownKeys() -> [Problem] {
        order.filter { !known.contains($0) }.map { key in
            let hint = Spelling.nearest(to: key, in: known).map { "; did you mean \($0)?" } ?? ""
            return Problem(
                source: source, position: entries[key]?.keyPosition, path: path,
                message: "the key \(key) is unknown\(hint)")
        }
    }

    private func value(of entry: DocumentNode.Entry) -> DocumentValue {
        let path = path.isEmpty ? entry.key : path + "." + entry.key
        return DocumentValue(node: entry.value, source: source, path: path, problems: problems)
    }
}

extension DocumentMapping {
    package func string(_ key: String, default value: String) -> String {
        self[key].map { $0.string() ?? value } ?? value
    }

    package func bool(_ key: String, default value: Bool) -> Bool { self[key].map { $0.bool() ?? value } ?? value }

    package func int(_ key: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        self[key].map { $0.int(in: range) ?? value } ?? value
    }

    package func duration(_ key: String, default value: Duration, in range: ClosedRange<Duration>) -> Duration {
        self[key].map { $0.duration(in: range) ?? value } ?? value
    }
}
