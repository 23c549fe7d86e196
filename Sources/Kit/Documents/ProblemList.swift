/// Collects the problems of one reading, over one document or several.
///
/// Belongs to the one function that reads; it never crosses an isolation.
package final class ProblemList {
    private var found: [Problem] = []
    private var mappings: [MappingKey: DocumentMapping] = [:]

    package init() {}

    package func report(_ problem: Problem) {
        found.append(problem)
    }

    /// Everything found so far, with the keys that no reader asked for, in the order of the text.
    package func all() -> [Problem] {
        let unknown = mappings.values.flatMap { $0.unknownKeys() }
        return (found + unknown).sorted { left, right in
            guard left.source == right.source else { return left.source < right.source }
            guard let first = left.position, let second = right.position, first != second else {
                return left.position == nil && right.position != nil
                    || left.position == right.position && left.path < right.path
            }
            return first < second
        }
    }

    /// Throws when anything is wrong.
    package func check() throws(DocumentError) {
        let problems = all()
        guard problems.isEmpty else { throw DocumentError(problems: problems) }
    }

    /// One reader per mapping, so that two looks at the same mapping add up to one set of known keys.
    func mapping(source: String, path: String, make: () -> DocumentMapping) -> DocumentMapping {
        let key = MappingKey(source: source, path: path)
        if let known = mappings[key] { return known }
        let mapping = make()
        mappings[key] = mapping
        return mapping
    }

    private struct MappingKey: Hashable {
        let source: String
        let path: String
    }
}
