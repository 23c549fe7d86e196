/// Why gzip data could not be read.
package struct GzipError: Error, Hashable, Sendable {
    package let code: Code
    /// zlib's own words, empty where it has none.
    package let text: String

    package init(code: Code, text: String) {
        self.code = code
        self.text = text
    }

    package enum Code: Hashable, Sendable {
        /// The data is no gzip member, or its checksum or length is wrong.
        case damaged
        /// The data ends inside a member.
        case truncated
        case outOfMemory
        /// A code of zlib's that this wrapper does not expect.
        case other(Int32)
    }
}

extension GzipError: CustomStringConvertible {
    package var description: String { "gzip: \(code)\(text.isEmpty ? "" : " (\(text))")" }
}
