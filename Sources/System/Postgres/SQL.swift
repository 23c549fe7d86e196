/// A statement or a part of one, written as a literal whose interpolations are bindings.
///
///     let rows: SQL = "SELECT name FROM metric.resource WHERE resource_id = \(id) AND ended_at IS NULL"
///
/// A value between `\(` and `)` never becomes part of the text: it is sent beside it as `$1`, `$2` and so on, with its type. Another
/// `SQL` is put in with its bindings. An identifier is quoted: `\(identifier: name)`, `\(table)`. Text that is to be taken as it is must be
/// asked for by name, `\(unsafeSQL: text)`, and never comes from outside of the program.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    private var segments: [Segment]

    fileprivate enum Segment: Sendable {
        case text(String)
        case binding(any SQLBindable)
    }

    package init(stringLiteral value: String) {
        segments = [.text(value)]
    }

    package init(stringInterpolation: StringInterpolation) {
        segments = stringInterpolation.segments
    }

    /// The text with numbered parameters, and their values.
    func rendered() -> (text: String, bindings: [any SQLBindable]) {
        var text = ""
        var bindings: [any SQLBindable] = []
        for segment in segments {
            switch segment {
            case .text(let part): text += part
            case .binding(let value):
                bindings.append(value)
                text += "$\(bindings.count)"
            }
        }
        return (text, bindings)
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var segments: [Segment] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            segments.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { segments.append(.text(literal)) }
        }

        package mutating func appendInterpolation(_ value: some SQLBindable) {
            segments.append(.binding(value))
        }

        package mutating func appendInterpolation(_ part: SQL) {
            segments += part.segments
        }

        package mutating func appendInterpolation(_ table: TableName) {
            segments.append(.text(table.quoted))
        }

        package mutating func appendInterpolation(identifier: String) {
            segments.append(.text(quotedIdentifier(identifier)))
        }

        package mutating func appendInterpolation(unsafeSQL text: String) {
            segments.append(.text(text))
        }
    }
}

/// The name of a table with its schema: `metric.batch`.
package struct TableName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let schema: String?
    package let name: String

    package init(schema: String?, name: String) {
        self.schema = schema
        self.name = name
    }

    /// `schema.name`, or `name` for a table that the search path finds.
    package init(stringLiteral value: String) {
        let parts = value.split(separator: ".", maxSplits: 1)
        self.init(schema: parts.count == 2 ? String(parts[0]) : nil, name: String(parts.last ?? ""))
    }

    package var quoted: String {
        (schema.map { quotedIdentifier($0) + "." } ?? "") + quotedIdentifier(name)
    }

    package var description: String { (schema.map { $0 + "." } ?? "") + name }
}

/// An identifier in double quotes, its own double quotes doubled.
func quotedIdentifier(_ name: String) -> String {
    var quoted = "\""
    for character in name.unicodeScalars {
        if character == "\"" { quoted += "\"" }
        quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
}
