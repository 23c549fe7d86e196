/// The time that an operation was given ran out.
package struct DeadlineExceeded: Error, Hashable, Sendable, CustomStringConvertible {
    package let limit: Duration

    package var description: String { "not done within \(limit)" }
}

/// Runs an operation for at most this long; past it the operation is cancelled, waited for, and `DeadlineExceeded` thrown.
///
/// The operation has to heed cancellation; one that blocks a thread can't be ended from outside.
package func withDeadline<Result: Sendable>(
    _ limit: Duration, clock: some Clock<Duration>, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await clock.sleep(for: limit)
            throw DeadlineExceeded(limit: limit)
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { preconditionFailure("two tasks were added") }
        return result
    }
}
