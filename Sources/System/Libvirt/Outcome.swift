import Synchronization

/// The result of one call on another thread, for one waiter who may lose patience.
final class Outcome<Value: Sendable>: Sendable {
    private let state = Mutex(State.pending(nil))

    private enum State {
        case pending(CheckedContinuation<Value, any Error>?)
        case settled(Result<Value, LibvirtError>)
        case abandoned
    }

    /// Hands over the result, after `onceWanted`; false where nobody waits for it any more.
    func settle(_ result: Result<Value, LibvirtError>, onceWanted: () -> Void) -> Bool {
        let (isWanted, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Value, any Error>?) in
            guard case .pending(let waiter) = state else { return (false, nil) }
            onceWanted()
            state = .settled(result)
            return (true, waiter)
        }
        waiter?.resume(with: result.mapError { $0 })
        return isWanted
    }

    /// Gives the call up; false where its result had come.
    func abandon() -> Bool {
        state.withLock { state in
            guard case .pending = state else { return false }
            state = .abandoned
            return true
        }
    }

    /// The result, or `HypervisorError.deadlineExceeded`, or `CancellationError`.
    func value(within deadline: Duration) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await self.value() }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw HypervisorError.deadlineExceeded(deadline)
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    private func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let result: Result<Value, any Error>? = state.withLock { state in
                    switch state {
                    case .settled(let result): return result.mapError { $0 }
                    case .abandoned: return .failure(CancellationError())
                    case .pending:
                        // The handler below may have run before there was a waiter to wake.
                        if Task.isCancelled { return .failure(CancellationError()) }
                        state = .pending(continuation)
                        return nil
                    }
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
                guard case .pending(let waiter) = state else { return nil }
                state = .pending(nil)
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

/// Why a call got no answer, apart from libvirt's own errors.
package enum HypervisorError: Error, Hashable, Sendable {
    /// The call did not return in this time.
    case deadlineExceeded(Duration)
    /// This many earlier calls hang still.
    case tooManyHungCalls(Int)
}
