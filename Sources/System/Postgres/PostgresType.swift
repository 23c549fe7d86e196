/// The number of a type in the server's catalogue; those below are fixed since PostgreSQL 8 (`pg_type.dat`).
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    package static let bool = PostgresType(16)
    package static let bytea = PostgresType(17)
    package static let name = PostgresType(19)
    package static let int8 = PostgresType(20)
    package static let int2 = PostgresType(21)
    package static let int4 = PostgresType(23)
    package static let text = PostgresType(25)
    package static let oid = PostgresType(26)
    package static let json = PostgresType(114)
    package static let float4 = PostgresType(700)
    package static let float8 = PostgresType(701)
    package static let unknown = PostgresType(705)
    package static let blankPadded = PostgresType(1042)
    package static let varchar = PostgresType(1043)
    package static let date = PostgresType(1082)
    package static let timestamp = PostgresType(1114)
    package static let timestamptz = PostgresType(1184)
    package static let numeric = PostgresType(1700)
    package static let uuid = PostgresType(2950)
    package static let jsonb = PostgresType(3802)

    /// The types whose binary form is plain text.
    static let textual: Set<PostgresType> = [.text, .varchar, .blankPadded, .name, .json, .unknown]

    /// The type of arrays of this type; nil for types that are not bound here.
    var array: PostgresType? { Self.arrays[self] }

    /// The type of the elements, where this is a type of arrays.
    var element: PostgresType? { Self.elements[self] }

    private static let arrays: [PostgresType: PostgresType] = [
        .bool: Self(1000), .bytea: Self(1001), .name: Self(1003), .int2: Self(1005), .int4: Self(1007),
        .text: Self(1009),
        .varchar: Self(1015), .int8: Self(1016), .float4: Self(1021), .float8: Self(1022), .oid: Self(1028),
        .timestamp: Self(1115), .date: Self(1182), .timestamptz: Self(1185), .json: Self(199), .numeric: Self(1231),
        .uuid: Self(2951), .jsonb: Self(3807),
    ]
    private static let elements = Dictionary(uniqueKeysWithValues: arrays.map { ($1, $0) })
    private static let names: [PostgresType: String] = [
        .bool: "boolean", .bytea: "bytea", .name: "name", .int8: "bigint", .int2: "smallint", .int4: "integer",
        .text: "text",
        .oid: "oid", .json: "json", .float4: "real", .float8: "double precision", .unknown: "unknown",
        .blankPadded: "character",
        .varchar: "character varying", .date: "date", .timestamp: "timestamp without time zone",
        .timestamptz: "timestamp with time zone", .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb",
    ]
}

extension PostgresType: CustomStringConvertible {
    /// The name as SQL spells it, or the number.
    package var description: String {
        if let element { return "\(element)[]" }
        return Self.names[self] ?? "type \(rawValue)"
    }
}
