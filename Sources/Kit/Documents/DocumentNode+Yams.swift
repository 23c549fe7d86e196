internal import Yams

/// Turns Yams' tree into ours: counts nodes and depth, resolves merge keys, refuses what configuration has no use for.
struct NodeConversion {
    private let source: String
    private let limits: DocumentLimits
    private var nodes = 0

    init(source: String, limits: DocumentLimits) {
        self.source = source
        self.limits = limits
    }

    /// Parses one document; an empty text is a null scalar.
    static func parse(_ text: String, source: String, limits: DocumentLimits) throws(DocumentError) -> DocumentNode {
        guard text.utf8.count <= limits.maxBytes.bytes else {
            throw DocumentError(source: source, message: "larger than the limit of \(limits.maxBytes)")
        }
        let root: Node?
        do {
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch {
            throw DocumentError(error, source: source)
        }
        guard let root else { return DocumentNode(content: .scalar("", isPlain: true), position: nil) }
        var conversion = NodeConversion(source: source, limits: limits)
        return try conversion.node(root, path: "", depth: 1)
    }

    private mutating func node(_ node: Node, path: String, depth: Int) throws(DocumentError) -> DocumentNode {
        let position = node.mark.map { Problem.Position(line: $0.line, column: $0.column) }
        nodes += 1
        guard depth <= limits.maxDepth else {
            throw DocumentError(
                source: source, at: position, path: path, message: "nested deeper than \(limits.maxDepth) levels")
        }
        guard nodes <= limits.maxNodes else {
            throw DocumentError(
                source: source, at: position, path: path,
                message: "more than \(limits.maxNodes) nodes with its aliases expanded")
        }
        switch node {
        case .scalar(let scalar):
            let isTagged = try checkTag(scalar.tag, standard: [.str, .int, .float, .bool, .null], position, path)
            return DocumentNode(
                content: .scalar(scalar.string, isPlain: scalar.style == .plain && !isTagged), position: position)
        case .sequence(let sequence):
            _ = try checkTag(sequence.tag, standard: [.seq], position, path)
            var elements: [DocumentNode] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try self.node(element, path: "\(path)[\(index)]", depth: depth + 1))
            }
            return DocumentNode(content: .list(elements), position: position)
        case .mapping(let mapping):
            _ = try checkTag(mapping.tag, standard: [.map], position, path)
            return DocumentNode(content: .mapping(try entries(mapping, path: path, depth: depth)), position: position)
        case .alias:
            throw DocumentError(
                source: source, at: position, path: path, message: "an alias that the parser left unresolved")
        }
    }

    /// The entries in the order in which Python's reader of Ceilometer's files gives them: what `<<` brings comes first, in the
    /// place of which the mapping's own entries step.
    private mutating func entries(
        _ mapping: Node.Mapping, path: String, depth: Int
    ) throws(DocumentError) -> [DocumentNode.Entry] {
        var entries: [DocumentNode.Entry] = []
        var merged: [DocumentNode.Entry] = []
        for (key, value) in mapping {
            let position = key.mark.map { Problem.Position(line: $0.line, column: $0.column) }
            guard case .scalar(let scalar) = key else {
                throw DocumentError(source: source, at: position, path: path, message: "a key must be text")
            }
            let inner = path.isEmpty ? scalar.string : path + "." + scalar.string
            let node = try self.node(value, path: inner, depth: depth + 1)
            if scalar.string == "<<", scalar.style == .plain {
                merged += try mergedEntries(node, path: path)
            } else {
                entries.append(.init(key: scalar.string, keyPosition: position, value: node))
            }
        }
        return merged.isEmpty ? entries : Self.overlaid(merged + entries)
    }

    /// The entries with one for each key: where the first of them stood, and with the value of the last.
    private static func overlaid(_ entries: [DocumentNode.Entry]) -> [DocumentNode.Entry] {
        var places: [String: Int] = [:]
        var result: [DocumentNode.Entry] = []
        for entry in entries {
            if let place = places[entry.key] {
                result[place] = entry
            } else {
                places[entry.key] = result.count
                result.append(entry)
            }
        }
        return result
    }

    /// What `<<` brings; of several mappings the first one counts, and therefore comes last.
    private func mergedEntries(_ node: DocumentNode, path: String) throws(DocumentError) -> [DocumentNode.Entry] {
        switch node.content {
        case .mapping(let entries):
            return entries
        case .list(let elements):
            var all: [DocumentNode.Entry] = []
            for element in elements.reversed() { all += try mergedEntries(element, path: path) }
            return all
        case .scalar:
            throw DocumentError(
                source: source, at: node.position, path: path, message: "<< takes a mapping or a list of mappings")
        }
    }

    /// Whether the node has a tag; a tag that isn't one of YAML's own for its kind is refused.
    private func checkTag(
        _ tag: Tag, standard: [Tag.Name], _ position: Problem.Position?, _ path: String
    ) throws(DocumentError) -> Bool {
        if tag == Tag(.implicit) || tag == Tag(.nonSpecific) { return false }
        guard standard.contains(where: { tag == Tag($0) }) else {
            throw DocumentError(source: source, at: position, path: path, message: "the tag \(tag) has no meaning here")
        }
        return true
    }
}

extension DocumentError {
    fileprivate init(source: String, at position: Problem.Position? = nil, path: String = "", message: String) {
        self.init(problems: [Problem(source: source, position: position, path: path, message: message)])
    }

    /// The parser's own refusal, with its position where it gives one.
    fileprivate init(_ error: any Error, source: String) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let position = Problem.Position(line: mark.line, column: mark.column)
            let words = [context?.text, problem].compactMap(\.self)
            self.init(source: source, at: position, message: words.joined(separator: ", "))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let position = Problem.Position(line: context.mark.line, column: context.mark.column)
            let keys = duplicates.joined(separator: ", ")
            self.init(source: source, at: position, message: "a mapping has the same key twice: " + keys)
        case .reader(let problem, _, _, _):
            self.init(source: source, message: "not readable as YAML: \(problem)")
        default:
            self.init(source: source, message: "not readable as YAML: \(error)")
        }
    }
}
