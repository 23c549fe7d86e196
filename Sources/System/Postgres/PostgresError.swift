/// A failure that the server or libpq reported.
package struct PostgresError: Error, Hashable, Sendable {
    /// PostgreSQL's five-character code; for a lost or refused connection, where libpq gives none, one of class 08.
    package let sqlState: SQLState
    /// The server's own text, in English.
    package let message: String
    package let detail: String?
    /// The constraint that was violated, where one was.
    package let constraint: String?
    /// What was being done: the beginning of the statement without its bindings, or a verb such as `connect`.
    package let operation: String
    /// Whether the session can't be used any more.
    package let isFatal: Bool

    package init(
        _ sqlState: SQLState, message: String, detail: String? = nil, constraint: String? = nil, operation: String,
        isFatal: Bool = false
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.constraint = constraint
        self.operation = operation
        self.isFatal = isFatal
    }

    /// Whether the same transaction, run again from its beginning, may succeed and can't have been committed already.
    ///
    /// A connection lost during COMMIT (08007) is not among them: see `isOutcomeUnknown`.
    package var isRetriable: Bool { sqlState.isTransient && !isOutcomeUnknown }

    /// Whether the connection was lost while COMMIT was under way: the transaction may or may not have taken effect, and the
    /// caller has to look before it repeats anything.
    package var isOutcomeUnknown: Bool { sqlState == .transactionResolutionUnknown }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        var text = "\(message) [\(sqlState)]"
        if let detail { text += ", \(detail)" }
        if let constraint { text += ", constraint \(constraint)" }
        return text + ", in: \(operation)"
    }
}

/// One of PostgreSQL's error codes; an open set (PostgreSQL 15 manual, appendix A).
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { self.init(rawValue: value) }

    package static let connectionFailure: SQLState = "08006"
    package static let connectionRefused: SQLState = "08001"
    package static let connectionDoesNotExist: SQLState = "08003"
    package static let transactionResolutionUnknown: SQLState = "08007"
    package static let protocolViolation: SQLState = "08P01"
    package static let invalidTextRepresentation: SQLState = "22P02"
    package static let invalidBinaryRepresentation: SQLState = "22P03"
    package static let notNullViolation: SQLState = "23502"
    package static let foreignKeyViolation: SQLState = "23503"
    package static let uniqueViolation: SQLState = "23505"
    package static let checkViolation: SQLState = "23514"
    package static let activeTransaction: SQLState = "25001"
    package static let noActiveTransaction: SQLState = "25P01"
    package static let failedTransaction: SQLState = "25P02"
    package static let serializationFailure: SQLState = "40001"
    package static let deadlockDetected: SQLState = "40P01"
    package static let syntaxError: SQLState = "42601"
    package static let undefinedTable: SQLState = "42P01"
    package static let datatypeMismatch: SQLState = "42804"
    package static let lockNotAvailable: SQLState = "55P03"
    package static let queryCanceled: SQLState = "57014"
    package static let adminShutdown: SQLState = "57P01"
    package static let crashShutdown: SQLState = "57P02"
    package static let cannotConnectNow: SQLState = "57P03"

    /// The first two characters.
    package var category: Substring { rawValue.prefix(2) }

    /// Whether the cause passes by itself: a lost connection, a conflict with another transaction, a server that stops or
    /// starts, a lack of memory, disk or connections.
    var isTransient: Bool {
        switch category {
        case "08", "53": self != .protocolViolation
        default: Self.transient.contains(self)
        }
    }

    private static let transient: Set<SQLState> = [
        .serializationFailure, .deadlockDetected, .lockNotAvailable, .adminShutdown, .crashShutdown, .cannotConnectNow,
    ]

    package var description: String { rawValue }
}
