import CPostgres

/// Takes the rows of a COPY and sends them in pieces.
package struct CopyWriter: ~Copyable {
    /// Pieces of this size keep the memory small and the number of calls too; the server itself reads 64 KiB at a time.
    private static let pieceSize = 64 * 1024
    /// What a binary COPY begins with: a fixed signature, then flags and the length of an extension, both zero.
    private static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

    private let handle: OpaquePointer
    private let columns: RowColumns
    private let operation: String
    private var bytes: [UInt8]
    private var hasCheckedTypes = false

    init(handle: OpaquePointer, columns: RowColumns, operation: String) {
        self.handle = handle
        self.columns = columns
        self.operation = operation
        bytes = Self.header
        bytes.reserveCapacity(Self.pieceSize * 2)
    }

    /// Adds a row: one value for each column, in the columns' order and of the columns' types.
    package mutating func row<each Value: SQLBindable>(_ values: repeat each Value) throws {
        if !hasCheckedTypes {
            var types: [PostgresType] = []
            for type in repeat (each Value).self { types.append(type.sqlType) }
            try check(types)
            hasCheckedTypes = true
        }
        bytes.append(bigEndian: Int16(columns.names.count))
        for value in repeat each values { value.encodeWithLength(into: &bytes) }
        if bytes.count >= Self.pieceSize { try send() }
    }

    /// Sends the rest and the mark of the end.
    mutating func finish() throws {
        bytes.append(bigEndian: Int16(-1))
        try send()
    }

    private mutating func send() throws {
        let status = bytes.withUnsafeBytes { bytes in
            PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard status == 1 else {
            throw PostgresError(
                .connectionFailure, message: Connection.message(of: handle), operation: operation,
                isFatal: PQstatus(handle) != CONNECTION_OK)
        }
        bytes.removeAll(keepingCapacity: true)
    }

    private func check(_ types: [PostgresType]) throws(PostgresError) {
        guard types.count == columns.types.count else {
            throw PostgresError(
                .datatypeMismatch, message: "\(types.count) values for \(columns.types.count) columns",
                operation: operation)
        }
        for (index, type) in types.enumerated() {
            let expected = columns.types[index]
            guard type == expected || (type == .text && PostgresType.textual.contains(expected)) else {
                throw PostgresError(
                    .datatypeMismatch, message: "column \(columns.names[index]) is \(expected), the value \(type)",
                    operation: operation)
            }
        }
    }
}
