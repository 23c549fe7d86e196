/// A checked JSON text with the index of its values; nothing is turned into a `String` or a number until asked for.
///
/// Immutable, so that it and the nodes that look into it may be used from any thread. Owns its copy of the text.
package final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let tape: [JSONEntry]

    /// Checks a text, which becomes the document's own without being copied.
    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self.tape = try Self.scan(bytes, limits: limits)
        self.bytes = bytes
    }

    /// Checks a copy of a text.
    package convenience init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError)
    {
        // Before the copy, so that an oversized message costs nothing.
        guard bytes.count <= limits.sizeLimit else { throw JSONError(.tooLarge, at: limits.sizeLimit) }
        try self.init(parsing: Array(bytes), limits: limits)
    }

    package convenience init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// A document that somebody else has scanned.
    private init(bytes: [UInt8], tape: [JSONEntry]) {
        self.bytes = bytes
        self.tape = tape
    }

    /// The document `null`.
    static let null = JSONDocument(
        bytes: Array("null".utf8), tape: [JSONEntry(tag: .null, start: 0, length: 4, next: 1)])
    /// The document `{}`.
    static let emptyObject = JSONDocument(
        bytes: Array("{}".utf8), tape: [JSONEntry(tag: .object, start: 0, length: 2, next: 1)])

    /// The value of the whole text.
    package var root: JSONNode { JSONNode(document: self, index: 0) }

    private static func scan(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> [JSONEntry] {
        // A closure with typed throws would need the standard library's rethrowing variant; a result says the same.
        let result: Result<[JSONEntry], JSONError> = bytes.withUnsafeBufferPointer { text in
            var scanner = JSONScanner(text, limits: limits)
            do throws(JSONError) {
                return .success(try scanner.scan())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
