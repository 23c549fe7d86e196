/// One fault in a document: where it is and what is wrong.
package struct Problem: Hashable, Sendable {
    /// The document's name as the operator knows it: a file's path, or `environment`.
    package let source: String
    /// Line and column, both from 1; nil where the source has no lines.
    package let position: Position?
    /// The way from the root: `sources[2].interval`; empty for the document itself.
    package let path: String
    /// What is wrong and what was expected, as a phrase without a full stop.
    package let message: String

    package init(source: String, position: Position?, path: String, message: String) {
        self.source = source
        self.position = position
        self.path = path
        self.message = message
    }

    /// A place in a text; lines and columns count from 1.
    package struct Position: Hashable, Sendable, Comparable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package static func < (left: Position, right: Position) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }
}

extension Problem: CustomStringConvertible {
    /// `polling.yaml:12:5: sources[2].interval: expected a duration such as 30s, found "soon"`.
    package var description: String {
        let place = position.map { ":\($0.line):\($0.column)" } ?? ""
        return source + place + ": " + (path.isEmpty ? "" : path + ": ") + message
    }
}

/// A document that can't be used, with everything that is wrong with it.
package struct DocumentError: Error, Hashable, Sendable {
    /// Never empty; in the order of the text.
    package let problems: [Problem]

    package init(problems: [Problem]) {
        precondition(!problems.isEmpty, "an error without a problem")
        self.problems = problems
    }
}

extension DocumentError: CustomStringConvertible {
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
