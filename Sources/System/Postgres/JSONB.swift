/// A JSON document as text, for columns of the types `jsonb` and `json`.
///
/// The server checks it.
package struct JSONB: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// The only version of jsonb's binary format; the document's text follows.
    private static let version: UInt8 = 1
}

extension JSONB: SQLBindable, SQLArrayElement {
    package static var sqlType: PostgresType { .jsonb }

    package func encode(into bytes: inout [UInt8]) {
        bytes.append(Self.version)
        bytes.append(contentsOf: text.utf8)
    }
}

extension JSONB: SQLDecodable, SQLDecodableElement {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> JSONB {
        let bytes = try field.bytes(as: .jsonb, .json)
        guard field.type == .jsonb else { return JSONB(String(decoding: bytes, as: UTF8.self)) }
        guard bytes.first == version else { throw .malformed }
        return JSONB(String(decoding: bytes.dropFirst(), as: UTF8.self))
    }
}
