import CPostgres
package import Logging
import Threading

/// One connection to the server, on a thread of its own.
///
/// Each call from outside is one hop onto that thread. What belongs together is written as one synchronous closure with the
/// session as isolated parameter: between its statements nothing else can run on the connection, and the connection can't
/// escape from it.
///
///     let count = try await session.transaction { db in
///         try db.execute("DELETE FROM metric.batch WHERE batch_id = ANY(\(ids))")
///     }
package actor Session {
    private let executor: ThreadExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Ends what the session is doing, from any thread.
    package nonisolated let interrupter: Interrupter

    private let settings: ConnectionSettings
    private let logger: Logger
    private(set) var connection: Connection?
    private var savepointDepth = 0

    /// Opens a session.
    ///
    /// - Throws: `PostgresError` where the server can't be reached or refuses, `ThreadingError` where the system has no thread.
    package static func connect(_ settings: ConnectionSettings, logger: Logger) async throws -> Session {
        let session = try Session(settings, logger: logger)
        try await session.open()
        return session
    }

    private init(_ settings: ConnectionSettings, logger: Logger) throws {
        executor = try ThreadExecutor(name: "postgres")
        interrupter = Interrupter()
        self.settings = settings
        self.logger = logger
    }

    deinit {
        executor.shutdown()
    }

    private func open() throws {
        connection = try Connection(settings, interrupter: interrupter, logger: logger)
    }

    /// Closes the connection; every later statement fails.
    ///
    /// An open transaction is rolled back by the server.
    package func close() {
        connection = nil
        interrupter.disarm()
    }

    /// Whether the connection is open as far as is known without asking the server.
    package var isAlive: Bool { connection?.isAlive ?? false }

    /// The number of the server's process that serves the session, as in `pg_stat_activity.pid`.
    package var processID: Int32 {
        get throws { PQbackendPID(try live("read the process id").handle) }
    }

    // MARK: Statements

    /// Runs a statement and returns the number of rows that it touched.
    @discardableResult
    package func execute(_ sql: SQL) throws -> Int {
        try run(sql) { result, _ in result.affectedRowCount }
    }

    /// Runs a statement and decodes its rows.
    ///
    /// All of them are in memory at once; `copyOut` streams.
    package func query<Value>(_ sql: SQL, _ decode: (borrowing Row) throws -> Value) throws -> [Value] {
        try run(sql) { result, _ in
            let columns = RowColumns(result.pointer)
            var values: [Value] = []
            values.reserveCapacity(Int(result.rowCount))
            for row in 0..<result.rowCount {
                values.append(try decode(Row(columns: columns, source: .result(result.pointer, row: row))))
            }
            return values
        }
    }

    /// Runs a statement that yields one row at most.
    ///
    /// - Throws: `PostgresError` with `cardinality_violation` where it yields more.
    package func queryOne<Value>(_ sql: SQL, _ decode: (borrowing Row) throws -> Value) throws -> Value? {
        let values = try query(sql, decode)
        guard values.count <= 1 else {
            throw PostgresError(
                "21000", message: "\(values.count) rows where one at most is expected",
                operation: summary(of: sql.rendered().text))
        }
        return values.first
    }

    /// Runs a text of one or more statements without bindings, such as a migration.
    ///
    /// The text never comes from outside of the program.
    package func execute(script: String) throws {
        let connection = try live(summary(of: script))
        _ = try connection.check(
            connection.run(script: script), is: PGRES_COMMAND_OK, PGRES_TUPLES_OK, operation: summary(of: script))
    }

    private func run<Value>(_ sql: SQL, _ body: (borrowing QueryResult, Connection) throws -> Value) throws -> Value {
        let (text, bindings) = sql.rendered()
        let operation = summary(of: text)
        let connection = try live(operation)
        let parameters = try BoundParameters(bindings, operation: operation)
        let result = try connection.check(
            parameters.run(text, on: connection), is: PGRES_COMMAND_OK, PGRES_TUPLES_OK, operation: operation)
        return try body(result, connection)
    }

    /// The connection, where it is open and nobody has asked to end what the session does.
    func live(_ operation: String) throws -> Connection {
        if interrupter.isInterrupted { throw CancellationError() }
        guard let connection else {
            throw PostgresError(
                .connectionDoesNotExist, message: "the session is closed", operation: operation, isFatal: true)
        }
        return connection
    }

    // MARK: Transactions

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// - Throws: what `body` throws, and `PostgresError` where a statement of the transaction itself fails. If the connection
    ///   is lost during COMMIT, that error says `isOutcomeUnknown`.
    @discardableResult
    package func transaction<Result: Sendable>(
        isolation: IsolationLevel = .readCommitted, readOnly: Bool = false,
        _ body: @Sendable (isolated Session) throws -> Result
    ) throws -> Result {
        let connection = try live("begin a transaction")
        guard !connection.isInTransaction else {
            throw PostgresError(
                .activeTransaction, message: "a transaction is open already; use nested(_:)", operation: "BEGIN")
        }
        try execute(script: "BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")")
        let result: Result
        do {
            result = try body(self)
        } catch {
            rollBack(connection)
            throw error
        }
        try commit(connection)
        return result
    }

    /// Runs `body` behind a savepoint of the open transaction: what it did is undone when it throws, and the transaction goes on.
    @discardableResult
    package func nested<Result: Sendable>(_ body: @Sendable (isolated Session) throws -> Result) throws -> Result {
        let connection = try live("set a savepoint")
        guard connection.isInTransaction else {
            throw PostgresError(.noActiveTransaction, message: "no transaction is open", operation: "SAVEPOINT")
        }
        savepointDepth += 1
        defer { savepointDepth -= 1 }
        let name = "nested_\(savepointDepth)"
        try execute(script: "SAVEPOINT \(name)")
        let result: Result
        do {
            result = try body(self)
        } catch {
            try execute(script: "ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
            throw error
        }
        try execute(script: "RELEASE SAVEPOINT \(name)")
        return result
    }

    private func commit(_ connection: Connection) throws {
        // A request to cancel that comes now comes too late: whoever called has done all of its work.
        let pointer = connection.run(ending: "COMMIT")
        do {
            let result = try connection.check(pointer, is: PGRES_COMMAND_OK, operation: "COMMIT")
            // The server answers COMMIT with ROLLBACK where a statement failed and its error was not passed on.
            guard result.commandTag == "COMMIT" else {
                throw PostgresError(
                    .failedTransaction, message: "a statement of the transaction had failed, it was rolled back",
                    operation: "COMMIT")
            }
        } catch let error as PostgresError where !connection.isAlive {
            throw PostgresError(
                .transactionResolutionUnknown, message: error.message, operation: "COMMIT", isFatal: true)
        }
    }

    /// Rolls back after a failure whose error is on its way to the caller.
    ///
    /// Where even that fails, the connection is closed and the server rolls back by itself.
    private func rollBack(_ connection: Connection) {
        guard connection.isInTransaction || PQtransactionStatus(connection.handle) == PQTRANS_ACTIVE else { return }
        do {
            _ = try connection.check(connection.run(ending: "ROLLBACK"), is: PGRES_COMMAND_OK, operation: "ROLLBACK")
        } catch {
            logger.debug("Closing a session that can't roll back", metadata: ["error": "\(error)"])
            close()
        }
    }
}

/// How a transaction sees the work of others (PostgreSQL 15 manual, chapter 13).
package enum IsolationLevel: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

/// The beginning of a statement on one line, for errors.
func summary(of text: String) -> String {
    let lengthLimit = 120
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count <= lengthLimit ? words : words.prefix(lengthLimit) + "…"
}
