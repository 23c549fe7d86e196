import CPostgres

/// Takes apart the messages of a binary COPY from the server, each of which holds one row; the first one begins with the header.
struct CopyReader {
    /// The signature's eleven bytes, and flags of four.
    private static let headerPrefixLength = 15

    private let columns: RowColumns
    private(set) var rowCount = 0
    private var hasReadHeader = false

    init(columns: RowColumns) { self.columns = columns }

    mutating func read(_ message: UnsafeRawBufferPointer, _ body: (borrowing Row) throws -> Void) throws {
        var reader = BigEndianReader(message)
        if !hasReadHeader {
            guard reader.take(Self.headerPrefixLength) != nil, let extensionLength: Int32 = reader.integer(),
                reader.take(Int(extensionLength)) != nil
            else { throw Self.malformed }
            hasReadHeader = true
        }
        while !reader.rest.isEmpty {
            guard let count: Int16 = reader.integer() else { throw Self.malformed }
            // -1 instead of a number of fields marks the end.
            if count == -1 { return }
            guard Int(count) == columns.names.count else { throw Self.malformed }
            var fields: [UnsafeRawBufferPointer?] = []
            for _ in 0..<count {
                guard let length: Int32 = reader.integer() else { throw Self.malformed }
                let bytes = length < 0 ? nil : reader.take(Int(length))
                if length >= 0 && bytes == nil { throw Self.malformed }
                fields.append(bytes)
            }
            rowCount += 1
            try body(Row(columns: columns, source: .tuple(fields)))
        }
    }

    private static let malformed = PostgresError(
        .protocolViolation, message: "malformed data of a binary COPY", operation: "COPY TO STDOUT")
}

/// One message of a COPY from the server, freed at the end of its scope.
struct CopyMessage: ~Copyable {
    private let buffer: UnsafeMutablePointer<CChar>
    private let length: Int

    /// Waits for the next message; nil after the last, and where the connection was lost.
    init?(_ handle: OpaquePointer) {
        var buffer: UnsafeMutablePointer<CChar>?
        let length = PQgetCopyData(handle, &buffer, 0)
        guard length > 0, let buffer else { return nil }
        self.buffer = buffer
        self.length = Int(length)
    }

    deinit { PQfreemem(buffer) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: buffer, count: length) }
}
