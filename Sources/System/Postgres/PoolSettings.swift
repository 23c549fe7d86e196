/// The size of a pool and how long one waits for it.
package struct PoolSettings: Hashable, Sendable {
    package var connection: ConnectionSettings
    /// Sessions at most.
    ///
    /// More than about twice the server's cores make it slower, not faster.
    package var sizeLimit: Int
    /// How long a caller waits for a session before it gets `PoolError.exhausted`.
    package var waitLimit: Duration

    package static let defaultSizeLimit = 4
    package static let defaultWaitLimit = Duration.seconds(10)

    package init(
        connection: ConnectionSettings, sizeLimit: Int = defaultSizeLimit, waitLimit: Duration = defaultWaitLimit
    ) {
        precondition(sizeLimit > 0, "A pool without sessions serves nobody")
        self.connection = connection
        self.sizeLimit = sizeLimit
        self.waitLimit = waitLimit
    }
}

/// Why a pool gives no session.
package enum PoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// All sessions were in use for as long as the caller would wait.
    case exhausted(sizeLimit: Int, waited: Duration)
    case closed

    package var description: String {
        switch self {
        case .exhausted(let sizeLimit, let waited): "All \(sizeLimit) database sessions were in use for \(waited)"
        case .closed: "The pool of database sessions is closed"
        }
    }
}

/// What a pool holds at one moment, for self-telemetry.
package struct PoolOccupancy: Hashable, Sendable {
    package let idle: Int
    package let inUse: Int
    package let waiting: Int

    package init(idle: Int, inUse: Int, waiting: Int) {
        self.idle = idle
        self.inUse = inUse
        self.waiting = waiting
    }
}
