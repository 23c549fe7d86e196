package import Logging
import Synchronization
package import Threading

/// A bounded set of sessions that tasks share.
///
/// A task that finds all in use waits in order of arrival, up to a time limit. A session whose connection is gone is replaced; one that
/// was lost while idle is noticed before anything is sent on it. When a task is cancelled its statement is ended on the
/// server and its session thrown away, so that the request can't hit a later user's statement.
package final class Pool: Sendable {
    package let settings: PoolSettings
    private let logger: Logger
    private let state: Mutex<PoolState>
    /// Where requests to cancel are sent: they block for the time of a connection.
    private let canceller: ThreadExecutor

    /// Makes a pool; sessions are opened when they are needed.
    package init(_ settings: PoolSettings, logger: Logger) throws(ThreadingError) {
        self.settings = settings
        self.logger = logger
        state = Mutex(PoolState(sizeLimit: settings.sizeLimit))
        canceller = try ThreadExecutor(name: "postgres-stop")
    }

    deinit { canceller.shutdown() }

    /// Runs `body` in a transaction on one of the sessions, in one hop; see `Session.transaction`.
    @discardableResult
    package func transaction<Result: Sendable>(
        isolation: IsolationLevel = .readCommitted, readOnly: Bool = false,
        _ body: @Sendable (isolated Session) throws -> Result
    ) async throws -> Result {
        try await withSession { session in
            try session.transaction(isolation: isolation, readOnly: readOnly, body)
        }
    }

    /// Runs `body` on one of the sessions, outside of a transaction: each statement is one of its own.
    ///
    /// - Throws: what `body` throws; `PoolError` where no session is to be had; `PostgresError` where the server can't be
    ///   reached; `CancellationError` where the task was cancelled.
    @discardableResult
    package func withSession<Result: Sendable>(
        _ body: @Sendable (isolated Session) throws -> Result
    ) async throws -> Result {
        while true {
            let (session, wasIdle) = try await take()
            let outcome: Lease<Result>
            do {
                outcome = try await interruptible(session) { session in
                    // Asked for sessions that were idle only: a new one has just answered.
                    if wasIdle && session.noticesLoss() {
                        session.close()
                        return .lost
                    }
                    return .done(try body(session))
                }
            } catch {
                await release(session)
                throw Task.isCancelled && Self.isConsequenceOfCancellation(error) ? CancellationError() : error
            }
            await release(session)
            switch outcome {
            case .done(let result): return result
            case .lost: logger.debug("A database session was lost while idle; taking another one")
            }
        }
    }

    /// The sessions in use, idle and waited for.
    package var occupancy: PoolOccupancy { state.withLock { $0.occupancy } }

    /// Refuses newcomers, waits for the sessions in use, and closes all.
    ///
    /// - Parameter limit: sessions still in use after this time are interrupted.
    package func close(within limit: Duration) async {
        let (idle, waiters) = state.withLock { $0.close() }
        for waiter in waiters { waiter.resume(throwing: PoolError.closed) }
        for session in idle { await session.close() }
        async let _: Void = interruptAll(after: limit)
        await withCheckedContinuation { continuation in
            if !state.withLock({ $0.waitUntilEmpty(continuation) }) { continuation.resume() }
        }
    }

    private enum Lease<Result: Sendable>: Sendable {
        case done(Result)
        case lost
    }

    // MARK: Taking and giving back

    private func take() async throws -> (session: Session, wasIdle: Bool) {
        try Task.checkCancellation()
        let grant: PoolState.Grant
        if let immediate = try state.withLock({ state throws(PoolError) in try state.takeNow() }) {
            grant = immediate
        } else {
            grant = try await wait()
        }
        switch grant {
        case .session(let session): return (session, true)
        case .opening: return (try await open(), false)
        }
    }

    private func wait() async throws -> PoolState.Grant {
        let id = state.withLock { $0.nextWaiterID() }
        async let _: Void = expire(id)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(id, continuation)
            }
        } onCancel: {
            state.withLock { $0.removeWaiter(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Queues a waiter, unless a session came free since it looked, the pool was closed or the task cancelled.
    private func enqueue(_ id: UInt64, _ continuation: PoolState.Waiter) {
        let answer: Result<PoolState.Grant, any Error>? = state.withLock { state in
            // Looked at under the lock: a cancellation after this finds the waiter in the queue.
            if Task.isCancelled { return .failure(CancellationError()) }
            do throws(PoolError) {
                if let grant = try state.takeNow() { return .success(grant) }
            } catch {
                return .failure(error)
            }
            state.wait(id, continuation)
            return nil
        }
        if let answer { continuation.resume(with: answer) }
    }

    private func expire(_ id: UInt64) async {
        do {
            try await ContinuousClock().sleep(for: settings.waitLimit)
        } catch {
            return  // The wait is over before its time limit.
        }
        let error = PoolError.exhausted(sizeLimit: settings.sizeLimit, waited: settings.waitLimit)
        state.withLock { $0.removeWaiter(id) }?.resume(throwing: error)
    }

    private func open() async throws -> Session {
        do {
            let session = try await Session.connect(settings.connection, logger: logger)
            state.withLock { $0.opened(session) }
            return session
        } catch {
            state.withLock { $0.openingFailed() }.perform()
            throw error
        }
    }

    private func release(_ session: Session) async {
        if await session.isAlive, !session.interrupter.isInterrupted,
            let handover = state.withLock({ $0.giveBack(session) })
        {
            handover.perform()
        } else {
            await session.close()
            state.withLock { $0.discard(session) }.perform()
        }
    }

    // MARK: Cancelling

    private func interruptible<Result: Sendable>(
        _ session: Session, _ body: @Sendable (isolated Session) throws -> Result
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await session.perform(body)
        } onCancel: {
            interrupt(session)
        }
    }

    private func interrupt(_ session: Session) {
        let interrupter = session.interrupter
        interrupter.stopBeforeNextStatement()
        canceller.perform { interrupter.interrupt() }
    }

    /// Interrupts what is in use after the time limit, again and again: a session that is being opened is in use later.
    private func interruptAll(after limit: Duration) async {
        let repetition = Duration.milliseconds(100)
        do {
            try await ContinuousClock().sleep(for: limit)
            while true {
                for session in state.withLock({ $0.sessionsInUse }) { interrupt(session) }
                try await ContinuousClock().sleep(for: repetition)
            }
        } catch {
            return  // All sessions are back.
        }
    }

    private static func isConsequenceOfCancellation(_ error: any Error) -> Bool {
        error is CancellationError || (error as? PostgresError)?.sqlState == .queryCanceled
    }
}

extension Session {
    /// Runs `body` on the session's thread.
    @discardableResult
    package func perform<Result: Sendable>(_ body: @Sendable (isolated Session) throws -> Result) throws -> Result {
        try body(self)
    }
}
