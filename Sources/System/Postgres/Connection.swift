import CPostgres
import Logging

/// libpq's connection handle; closed when the last reference goes.
///
/// Not sendable: it belongs to one session's thread.
final class Connection {
    let handle: OpaquePointer
    private let interrupter: Interrupter
    private let notices: Unmanaged<NoticeLog>

    /// Connects; blocks until that is done or has failed.
    init(_ settings: ConnectionSettings, interrupter: Interrupter, logger: Logger) throws(PostgresError) {
        let parameters = settings.parameters
        let handle = withCStrings(parameters.map(\.name)) { names in
            withCStrings(parameters.map(\.value)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else {
            throw PostgresError("53200", message: "out of memory", operation: "connect", isFatal: true)
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw PostgresError(
                Self.stateOfRefusal(Self.message(of: handle)), message: Self.message(of: handle), operation: "connect",
                isFatal: true)
        }
        self.handle = handle
        self.interrupter = interrupter
        interrupter.arm(PQgetCancel(handle))
        // SAFETY: retained until `deinit`, which closes the connection first, so that no notice can arrive afterwards.
        notices = Unmanaged.passRetained(NoticeLog(logger: logger))
        PQsetNoticeProcessor(handle, { context, text in NoticeLog.receive(context, text) }, notices.toOpaque())
    }

    deinit {
        PQfinish(handle)
        notices.release()
    }

    var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Whether a transaction is open, be it intact or aborted.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// An error for a call that failed without a result, which libpq does where the connection is gone.
    func failure(of operation: String) -> PostgresError {
        PostgresError(.connectionFailure, message: Self.message(of: handle), operation: operation, isFatal: !isAlive)
    }

    /// The result of a call, where it has one of the expected statuses.
    func check(
        _ result: OpaquePointer?, is expected: ExecStatusType..., operation: String
    ) throws(PostgresError) -> QueryResult {
        guard let result else { throw failure(of: operation) }
        let status = PQresultStatus(result)
        if expected.contains(status) { return QueryResult(result) }
        defer { PQclear(result) }
        throw PostgresError(result, connection: self, operation: operation)
    }

    /// Sends a text of one or more statements and waits for its result.
    func run(script: String) -> OpaquePointer? {
        guard PQsendQuery(handle, script) == 1 else { return nil }
        repeatInterruption()
        return awaitResult()
    }

    /// Ends the transaction: the statements that an interruption does not stop, as whoever asked wants the work ended.
    func run(ending script: String) -> OpaquePointer? {
        PQsendQuery(handle, script) == 1 ? awaitResult() : nil
    }

    /// Asks again for the end of a statement that has just been sent, if that was asked for meanwhile: the first request may have
    /// reached the server before the statement did, and was ignored then.
    func repeatInterruption() {
        if interrupter.isInterrupted { interrupter.sendCancel() }
    }

    /// Waits for the result of what was sent: the first error, or else the last result.
    ///
    /// `PQexec` would give the last one: for a session that the server ends, the loss of the connection instead of its cause.
    func awaitResult() -> OpaquePointer? {
        var kept: OpaquePointer?
        while let next = PQgetResult(handle) {
            if let previous = kept, PQresultStatus(previous) == PGRES_FATAL_ERROR {
                PQclear(next)
                continue
            }
            PQclear(kept)
            kept = next
            // A COPY is under way now; its end has a result of its own.
            if [PGRES_COPY_IN, PGRES_COPY_OUT].contains(PQresultStatus(next)) { break }
        }
        return kept
    }

    static func message(of handle: OpaquePointer) -> String {
        PQerrorMessage(handle).map { trimmed(String(cString: $0)) } ?? "unknown error"
    }

    /// libpq gives no code for a failed connection attempt.
    ///
    /// A server that is starting, stopping or full says so in words, which all come with "FATAL:"; those of PostgreSQL
    /// 15 are told apart here. A wrong password or database is not worth another try.
    private static func stateOfRefusal(_ message: String) -> SQLState {
        if message.contains("the database system is") { return .cannotConnectNow }
        if message.contains("too many clients") || message.contains("remaining connection slots") { return "53300" }
        if message.contains("password authentication failed") || message.contains("no password supplied") {
            return "28P01"
        }
        if message.contains("role \"") && message.contains("does not exist") { return "28000" }
        if message.contains("database \"") && message.contains("does not exist") { return "3D000" }
        return .connectionRefused
    }
}

/// A result of libpq, freed at the end of its scope.
struct QueryResult: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var rowCount: Int32 { PQntuples(pointer) }

    /// The rows that a command touched; 0 for commands that touch none.
    var affectedRowCount: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The command as the server names it: `COMMIT`, `INSERT 0 1`.
    var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }
}

extension PostgresError {
    /// The error that a result carries.
    init(_ result: OpaquePointer, connection: Connection, operation: String) {
        func field(_ code: Character) -> String? {
            code.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
        }
        // The letters are those of the protocol's ErrorResponse: C code, M message, D detail, n constraint, V severity.
        let severity = field("V")
        let isFatal = severity == "FATAL" || severity == "PANIC" || !connection.isAlive
        let libraryText = PQresultErrorMessage(result).map { trimmed(String(cString: $0)) } ?? "unknown error"
        self.init(
            field("C").map { SQLState(rawValue: $0) } ?? (connection.isAlive ? .protocolViolation : .connectionFailure),
            message: field("M") ?? libraryText, detail: field("D"), constraint: field("n"), operation: operation,
            isFatal: isFatal)
    }
}

/// Where the server's notices go: libpq would print them.
private final class NoticeLog {
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    static func receive(_ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?) {
        guard let context, let text else { return }
        // SAFETY: the connection holds a reference for as long as libpq knows the pointer.
        let log = Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue()
        log.logger.debug("PostgreSQL sent a notice", metadata: ["postgres.notice": "\(trimmed(String(cString: text)))"])
    }
}

/// Text without the line ends that libpq closes its messages with.
private func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
}

/// Lends a list of texts as C has it: zero-ended strings, and a null pointer after the last.
func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> Result
) rethrows -> Result {
    var bytes: [CChar] = []
    var offsets: [Int] = []
    for text in texts {
        offsets.append(bytes.count)
        bytes += text.utf8CString
    }
    return try bytes.withUnsafeBufferPointer { bytes in
        let pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } } + [nil]
        return try pointers.withUnsafeBufferPointer { pointers in
            guard let first = pointers.baseAddress else {
                preconditionFailure("The list has its closing null at least")
            }
            return try body(first)
        }
    }
}
