import CPostgres

extension Session {
    /// Loads rows by `COPY … FROM STDIN (FORMAT binary)` and returns their number.
    ///
    /// The types of the values are compared with those of the columns before a byte is sent, because the server takes any eight
    /// bytes for any type of eight bytes.
    ///
    /// - Throws: what `write` throws, after which the COPY has failed; `PostgresError` where the server refuses the rows.
    package func copyIn(
        into table: TableName, columns: [String], _ write: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        let operation = "COPY \(table)"
        let types = try columnTypes(of: table, columns)
        let connection = try live(operation)
        let list = columns.map(quotedIdentifier).joined(separator: ", ")
        _ = try connection.check(
            connection.run(script: "COPY \(table.quoted) (\(list)) FROM STDIN (FORMAT binary)"), is: PGRES_COPY_IN,
            operation: operation)
        var writer = CopyWriter(
            handle: connection.handle, columns: RowColumns(names: columns, types: types), operation: operation)
        do {
            try write(&writer)
            try writer.finish()
        } catch {
            // Ends the COPY; the server's answer repeats the reason that is on its way to the caller.
            PQputCopyEnd(connection.handle, "stopped by the client")
            drain(connection)
            throw error
        }
        guard PQputCopyEnd(connection.handle, nil) == 1 else { throw connection.failure(of: operation) }
        let count: Int
        do {
            let result = try connection.check(
                PQgetResult(connection.handle), is: PGRES_COMMAND_OK, operation: operation)
            count = result.affectedRowCount
        } catch {
            drain(connection)
            throw error
        }
        drain(connection)
        return count
    }

    /// Streams the rows of a statement without bindings by `COPY … TO STDOUT (FORMAT binary)`, one at a time.
    ///
    /// - Throws: what `body` throws, after which the rest of the rows is read and thrown away.
    /// - Returns: the number of rows.
    @discardableResult
    package func copyOut(_ sql: SQL, _ body: (borrowing Row) throws -> Void) throws -> Int {
        let (text, bindings) = sql.rendered()
        let operation = "COPY (\(summary(of: text)))"
        precondition(bindings.isEmpty, "COPY takes no parameters: \(operation)")
        let columns = try describe(text, operation: operation)
        let connection = try live(operation)
        _ = try connection.check(
            connection.run(script: "COPY (\(text)) TO STDOUT (FORMAT binary)"), is: PGRES_COPY_OUT, operation: operation
        )
        var reader = CopyReader(columns: columns)
        var failure: (any Error)?
        while let message = CopyMessage(connection.handle) {
            guard failure == nil else { continue }
            do {
                try reader.read(message.bytes, body)
            } catch {
                failure = error
                interrupter.sendCancel()
            }
        }
        let result = PQgetResult(connection.handle)
        defer { drain(connection) }
        if let failure {
            PQclear(result)
            throw failure
        }
        _ = try connection.check(result, is: PGRES_COMMAND_OK, operation: operation)
        return reader.rowCount
    }

    /// Reads until libpq says that the command is over, so that the connection takes the next one.
    private func drain(_ connection: Connection) {
        while let rest = PQgetResult(connection.handle) {
            let status = PQresultStatus(rest)
            PQclear(rest)
            // On a lost connection in the middle of a COPY libpq reports the COPY again and again.
            if !connection.isAlive || status == PGRES_COPY_IN || status == PGRES_COPY_OUT { break }
        }
    }

    private func columnTypes(of table: TableName, _ columns: [String]) throws -> [PostgresType] {
        let found = try query(
            """
            SELECT attname, atttypid FROM pg_attribute
             WHERE attrelid = to_regclass(\(table.quoted)) AND attnum > 0 AND NOT attisdropped
            """
        ) { row in
            (try row["attname", as: String.self], PostgresType(rawValue: UInt32(try row["atttypid", as: Int.self])))
        }
        let types = Dictionary(uniqueKeysWithValues: found)
        return try columns.map { column in
            guard let type = types[column] else {
                throw PostgresError("42703", message: "no column \(column) in \(table)", operation: "COPY \(table)")
            }
            return type
        }
    }

    private func describe(_ text: String, operation: String) throws -> RowColumns {
        let connection = try live(operation)
        _ = try connection.check(
            PQprepare(connection.handle, "", text, 0, nil), is: PGRES_COMMAND_OK, operation: operation)
        let description = try connection.check(
            PQdescribePrepared(connection.handle, ""), is: PGRES_COMMAND_OK, operation: operation)
        return RowColumns(description.pointer)
    }
}
