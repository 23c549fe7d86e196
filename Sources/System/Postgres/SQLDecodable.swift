/// A value that can be read from a field of a result.
package protocol SQLDecodable: Sendable {
    /// Reads the value of a field, which is valid during the call only.
    static func decode(_ field: SQLField) throws(SQLFieldError) -> Self
}

/// One field of a row in the binary format; the bytes are nil for NULL and belong to libpq.
package struct SQLField {
    package let type: PostgresType
    package let bytes: UnsafeRawBufferPointer?

    /// The bytes of a field that is not NULL and has one of these types.
    package func bytes(as types: PostgresType...) throws(SQLFieldError) -> UnsafeRawBufferPointer {
        guard let bytes else { throw .null }
        guard types.contains(type) else { throw .type(type) }
        return bytes
    }

    /// The whole field as one integer in network order.
    func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(SQLFieldError) -> Value {
        guard let bytes else { throw .null }
        var reader = BigEndianReader(bytes)
        guard let value = reader.integer(type), reader.rest.isEmpty else { throw .malformed }
        return value
    }
}

/// Why a field could not be read.
package enum SQLFieldError: Error, Hashable, Sendable {
    /// NULL where a value is asked for.
    case null
    /// The column's type is none that the value is read from; a cast in the statement helps.
    case type(PostgresType)
    /// The number in the column is beyond what the value's type holds.
    case range
    /// The bytes are not in the type's format.
    case malformed
    case noSuchColumn
}

extension Bool: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Bool {
        let bytes = try field.bytes(as: .bool)
        guard bytes.count == 1 else { throw .malformed }
        return bytes[0] != 0
    }
}

extension Int64: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Int64 {
        switch field.type {
        case .int8: try field.integer(Int64.self)
        case .int4: Int64(try field.integer(Int32.self))
        case .int2: Int64(try field.integer(Int16.self))
        case .oid: Int64(try field.integer(UInt32.self))
        default: throw field.bytes == nil ? .null : .type(field.type)
        }
    }
}

extension SQLDecodable where Self: FixedWidthInteger {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Self {
        guard let value = Self(exactly: try Int64.decode(field)) else { throw .range }
        return value
    }
}

extension Int: SQLDecodable {}
extension Int32: SQLDecodable {}
extension Int16: SQLDecodable {}

extension Double: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Double {
        switch field.type {
        case .float8: Double(bitPattern: try field.integer(UInt64.self))
        case .float4: Double(Float(bitPattern: try field.integer(UInt32.self)))
        default: throw field.bytes == nil ? .null : .type(field.type)
        }
    }
}

extension String: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> String {
        guard let bytes = field.bytes else { throw .null }
        if PostgresType.textual.contains(field.type) { return String(decoding: bytes, as: UTF8.self) }
        switch field.type {
        case .jsonb: return try JSONB.decode(field).text
        case .uuid: return try uuidText(bytes)
        default: throw .type(field.type)
        }
    }

    /// The canonical form: 8-4-4-4-12 lower-case hexadecimal digits.
    private static func uuidText(_ bytes: UnsafeRawBufferPointer) throws(SQLFieldError) -> String {
        guard bytes.count == 16 else { throw .malformed }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Wrapped? {
        field.bytes == nil ? nil : try Wrapped.decode(field)
    }
}

/// A value whose arrays can be read; see `SQLArrayElement`.
package protocol SQLDecodableElement: Sendable {
    static func decodeArray(_ field: SQLField) throws(SQLFieldError) -> [Self]
}

extension SQLDecodableElement where Self: SQLDecodable {
    package static func decodeArray(_ field: SQLField) throws(SQLFieldError) -> [Self] {
        guard let bytes = field.bytes else { throw .null }
        guard field.type.element != nil else { throw .type(field.type) }
        var reader = BigEndianReader(bytes)
        guard let dimensions: Int32 = reader.integer(), reader.integer(Int32.self) != nil,
            let elementType: UInt32 = reader.integer()
        else { throw .malformed }
        guard dimensions > 0 else { return [] }
        // More dimensions than one have no counterpart in a Swift array.
        guard dimensions == 1, let count: Int32 = reader.integer(), count >= 0, reader.integer(Int32.self) != nil
        else { throw .malformed }
        var elements: [Self] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let length: Int32 = reader.integer() else { throw .malformed }
            let bytes = length < 0 ? nil : reader.take(Int(length))
            if length >= 0 && bytes == nil { throw .malformed }
            elements.append(try Self.decode(SQLField(type: PostgresType(rawValue: elementType), bytes: bytes)))
        }
        return elements
    }
}

extension UInt8: SQLDecodableElement {
    package static func decodeArray(_ field: SQLField) throws(SQLFieldError) -> [UInt8] {
        Array(try field.bytes(as: .bytea))
    }
}

extension Bool: SQLDecodableElement {}
extension Int: SQLDecodableElement {}
extension Int64: SQLDecodableElement {}
extension Int32: SQLDecodableElement {}
extension Int16: SQLDecodableElement {}
extension Double: SQLDecodableElement {}
extension String: SQLDecodableElement {}
extension Optional: SQLDecodableElement where Wrapped: SQLDecodable & SQLDecodableElement {}

extension Array: SQLDecodable where Element: SQLDecodableElement {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> [Element] {
        try Element.decodeArray(field)
    }
}

extension Array: SQLDecodableElement where Element == UInt8 {}
