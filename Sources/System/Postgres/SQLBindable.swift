/// A value that can be sent to the server: as a parameter of a statement or as a field of a COPY, in PostgreSQL's binary format.
package protocol SQLBindable: Sendable {
    static var sqlType: PostgresType { get }

    /// Whether the value stands for SQL's NULL.
    var isNull: Bool { get }

    /// Appends the binary form of a value that is not NULL.
    func encode(into bytes: inout [UInt8])
}

extension SQLBindable {
    package var isNull: Bool { false }

    /// Appends the value as COPY's and arrays' formats have it: a length of 32 bits, -1 for NULL, then the bytes.
    func encodeWithLength(into bytes: inout [UInt8]) {
        guard !isNull else { return bytes.append(bigEndian: Int32(-1)) }
        let start = bytes.count
        bytes.append(bigEndian: Int32(0))
        encode(into: &bytes)
        bytes.overwrite(at: start, bigEndian: Int32(bytes.count - start - 4))
    }
}

extension Bool: SQLBindable {
    package static var sqlType: PostgresType { .bool }
    package func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Int: SQLBindable {
    package static var sqlType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }
}

extension Int64: SQLBindable {
    package static var sqlType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int32: SQLBindable {
    package static var sqlType: PostgresType { .int4 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int16: SQLBindable {
    package static var sqlType: PostgresType { .int2 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Double: SQLBindable {
    package static var sqlType: PostgresType { .float8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

extension String: SQLBindable {
    package static var sqlType: PostgresType { .text }
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    package static var sqlType: PostgresType { Wrapped.sqlType }
    package var isNull: Bool { self?.isNull ?? true }
    package func encode(into bytes: inout [UInt8]) { self?.encode(into: &bytes) }
}

/// A value whose arrays can be sent.
///
/// Most arrays are SQL arrays; an array of bytes is a `bytea`. As Swift allows one conformance of `Array`, the element decides.
package protocol SQLArrayElement: Sendable {
    static var sqlArrayType: PostgresType { get }
    static func encodeArray(_ elements: [Self], into bytes: inout [UInt8])
}

extension SQLArrayElement where Self: SQLBindable {
    package static var sqlArrayType: PostgresType {
        guard let type = sqlType.array else { preconditionFailure("\(sqlType) has no entry in PostgresType.arrays") }
        return type
    }

    /// The number of dimensions, whether there are NULLs, the elements' type, length and first index, then the elements.
    package static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(elements.contains(where: \.isNull) ? 1 : 0))
        bytes.append(bigEndian: sqlType.rawValue)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements { element.encodeWithLength(into: &bytes) }
    }
}

extension UInt8: SQLArrayElement {
    package static var sqlArrayType: PostgresType { .bytea }
    package static func encodeArray(_ elements: [UInt8], into bytes: inout [UInt8]) { bytes += elements }
}

extension Bool: SQLArrayElement {}
extension Int: SQLArrayElement {}
extension Int64: SQLArrayElement {}
extension Int32: SQLArrayElement {}
extension Int16: SQLArrayElement {}
extension Double: SQLArrayElement {}
extension String: SQLArrayElement {}
extension Optional: SQLArrayElement where Wrapped: SQLBindable & SQLArrayElement {}

extension Array: SQLBindable where Element: SQLArrayElement {
    package static var sqlType: PostgresType { Element.sqlArrayType }
    package func encode(into bytes: inout [UInt8]) { Element.encodeArray(self, into: &bytes) }
}

/// Arrays of byte strings: `bytea[]`.
extension Array: SQLArrayElement where Element == UInt8 {}
