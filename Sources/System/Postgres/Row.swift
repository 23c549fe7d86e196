import CPostgres

/// One row of a result, valid inside the closure that it is given to.
///
/// It can't be copied, so that it can't be kept: its bytes belong to libpq and are freed after the last row.
package struct Row: ~Copyable {
    private let columns: RowColumns
    private let source: Source

    enum Source {
        /// A row of a complete result.
        case result(OpaquePointer, row: Int32)
        /// The fields of one row of a COPY.
        case tuple([UnsafeRawBufferPointer?])
    }

    init(columns: RowColumns, source: Source) {
        self.columns = columns
        self.source = source
    }

    /// The value of a column.
    ///
    /// - Throws: `RowDecodingError`, which names the column.
    package func decode<Value: SQLDecodable>(_ type: Value.Type = Value.self, at column: String) throws -> Value {
        guard let index = columns.index(of: column) else {
            throw RowDecodingError(column: column, expected: "\(type)", cause: .noSuchColumn)
        }
        do {
            return try Value.decode(field(index))
        } catch {
            throw RowDecodingError(column: column, expected: "\(type)", cause: error)
        }
    }

    /// The value of a column.
    package subscript<Value: SQLDecodable>(_ column: String, as type: Value.Type = Value.self) -> Value {
        get throws { try decode(type, at: column) }
    }

    /// Hands out the bytes of a `bytea` column in place; they are valid during the call only.
    package func withBytes<Result>(at column: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws
        -> Result
    {
        guard let index = columns.index(of: column) else {
            throw RowDecodingError(column: column, expected: "bytes", cause: .noSuchColumn)
        }
        let bytes: UnsafeRawBufferPointer
        do {
            bytes = try field(index).bytes(as: .bytea)
        } catch {
            throw RowDecodingError(column: column, expected: "bytes", cause: error)
        }
        return try body(bytes)
    }

    private func field(_ index: Int) -> SQLField {
        let bytes: UnsafeRawBufferPointer?
        switch source {
        case .result(let result, let row):
            let column = Int32(index)
            if PQgetisnull(result, row, column) == 1 {
                bytes = nil
            } else {
                bytes = UnsafeRawBufferPointer(
                    start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
            }
        case .tuple(let fields): bytes = fields[index]
        }
        return SQLField(type: columns.types[index], bytes: bytes)
    }
}

/// The names and types of a result's columns, shared by its rows.
struct RowColumns: Equatable {
    let names: [String]
    let types: [PostgresType]

    init(names: [String], types: [PostgresType]) {
        self.names = names
        self.types = types
    }

    init(_ result: OpaquePointer) {
        let columns = 0..<PQnfields(result)
        names = columns.map { column in PQfname(result, column).map { String(cString: $0) } ?? "" }
        types = columns.map { PostgresType(rawValue: PQftype(result, $0)) }
    }

    /// Linear: results here have few columns, and comparing short names costs less than hashing them.
    func index(of name: String) -> Int? {
        names.firstIndex(of: name)
    }
}

/// A column whose content is not what the program expects.
package struct RowDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    package let column: String
    /// The Swift type that was asked for.
    package let expected: String
    package let cause: SQLFieldError

    package init(column: String, expected: String, cause: SQLFieldError) {
        self.column = column
        self.expected = expected
        self.cause = cause
    }

    package var description: String {
        let reason =
            switch cause {
            case .null: "it is NULL"
            case .type(let type): "its type is \(type)"
            case .range: "its value is out of range"
            case .malformed: "its bytes are malformed"
            case .noSuchColumn: "the result has no such column"
            }
        return "Column \"\(column)\" can't be read as \(expected): \(reason)"
    }
}
