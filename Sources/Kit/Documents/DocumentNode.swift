/// A node of a parsed document, aliases and merge keys resolved.
///
/// The tree is plain values: it knows nothing of the parser that made it.
struct DocumentNode: Hashable, Sendable {
    let content: Content
    let position: Problem.Position?

    indirect enum Content: Hashable, Sendable {
        /// The text, and whether it stood there without quotes or tag, so that `5` may be a number and `~` null.
        case scalar(String, isPlain: Bool)
        case list([DocumentNode])
        case mapping([Entry])
    }

    struct Entry: Hashable, Sendable {
        let key: String
        let keyPosition: Problem.Position?
        let value: DocumentNode
    }
}

/// What a value is, by YAML's core schema.
package enum DocumentKind: String, Hashable, Sendable {
    case null = "nothing"
    case bool = "a boolean"
    case int = "a whole number"
    case float = "a number"
    case string = "text"
    case list = "a list"
    case mapping = "a mapping"
}

extension DocumentNode {
    var kind: DocumentKind {
        switch content {
        case .list: .list
        case .mapping: .mapping
        case .scalar(_, isPlain: false): .string
        case .scalar(let text, isPlain: true): Self.kind(ofPlain: text)
        }
    }

    /// The core schema of YAML 1.2: `yes`, `on` and `0o7` are text here.
    private static func kind(ofPlain text: String) -> DocumentKind {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE": return .bool
        case ".inf", "-.inf", "+.inf", ".nan": return .float
        default: break
        }
        let digits = text.drop { $0 == "-" || $0 == "+" }
        guard text.count - digits.count <= 1, let first = digits.utf8.first else { return .string }
        if digits.utf8.allSatisfy({ (48...57).contains($0) }) { return .int }
        let startsLikeNumber = (48...57).contains(first) || first == UInt8(ascii: ".")
        let isNumeric = digits.utf8.allSatisfy { (48...57).contains($0) || ".eE+-".utf8.contains($0) }
        return startsLikeNumber && isNumeric && Double(digits) != nil ? .float : .string
    }
}
