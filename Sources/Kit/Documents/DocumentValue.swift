/// One value of a document together with its place, so that whoever reads it can say where it is wrong.
///
/// Every reader returns nil after it reported a problem. A value is used by the function that reads the document and
/// never leaves it.
package struct DocumentValue {
    private let node: DocumentNode
    package let source: String
    package let path: String
    private let problems: ProblemList

    init(node: DocumentNode, source: String, path: String, problems: ProblemList) {
        self.node = node
        self.source = source
        self.path = path
        self.problems = problems
    }

    /// A value that comes from outside a document, such as an environment variable; it reads as an unquoted scalar.
    package init(text: String, source: String, path: String, problems: ProblemList) {
        self.init(
            node: DocumentNode(content: .scalar(text, isPlain: true), position: nil), source: source, path: path,
            problems: problems)
    }

    package var kind: DocumentKind { node.kind }
    package var position: Problem.Position? { node.position }

    /// The text of a scalar exactly as written; nil for a list or mapping. Reports nothing.
    package var text: String? {
        guard case .scalar(let text, _) = node.content else { return nil }
        return text
    }

    /// Reports a problem with this value.
    package func report(_ message: String) {
        problems.report(Problem(source: source, position: node.position, path: path, message: message))
    }

    /// Reports that something else was expected here.
    package func reject(expected: String) {
        switch (kind, text) {
        case (.string, let text?): report("expected \(expected), found \"\(text.prefix(Self.quotedLengthLimit))\"")
        case (.bool, let text?), (.int, let text?), (.float, let text?): report("expected \(expected), found \(text)")
        default: report("expected \(expected), found \(kind.rawValue)")
        }
    }

    package func mapping() -> DocumentMapping? {
        guard case .mapping(let entries) = node.content else {
            reject(expected: "a mapping")
            return nil
        }
        return problems.mapping(source: source, path: path) {
            DocumentMapping(node: node, entries: entries, source: source, path: path, problems: problems)
        }
    }

    package func list() -> [DocumentValue]? {
        guard case .list(let elements) = node.content else {
            reject(expected: "a list")
            return nil
        }
        return elements.enumerated().map { index, element in
            DocumentValue(node: element, source: source, path: "\(path)[\(index)]", problems: problems)
        }
    }

    /// The elements of a list, or this value alone where a single one was written.
    package func listOrSingle() -> [DocumentValue] {
        guard case .list = node.content else { return [self] }
        return list() ?? []
    }

    /// A list of texts, or one text; nil when any of them is something else.
    package func strings() -> [String]? {
        let values = listOrSingle().map { $0.string() }
        let texts = values.compactMap(\.self)
        return texts.count == values.count ? texts : nil
    }

    /// Long texts are quoted in problems up to here; enough to recognise them.
    private static let quotedLengthLimit = 60
}
