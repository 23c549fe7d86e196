/// An error that knows whether the same call may succeed later.
///
/// The wrappers in System have `isRetriable` but don't know this protocol; the lowest target that uses both states the
/// conformance.
package protocol Retriable: Error {
    var isRetriable: Bool { get }
}

/// How often and how long to try again.
package struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, the first included.
    package let attemptLimit: Int
    /// Wait after the first failure; it doubles with every further one.
    package let firstDelay: Duration
    package let maxDelay: Duration
    /// No attempt starts later than this after the first.
    package let deadline: Duration

    package init(attemptLimit: Int, firstDelay: Duration, maxDelay: Duration, deadline: Duration) {
        precondition(attemptLimit > 0, "at least one attempt")
        self.attemptLimit = attemptLimit
        self.firstDelay = firstDelay
        self.maxDelay = maxDelay
        self.deadline = deadline
    }

    /// The wait after this many failures, between half and all of the doubled delay, so that callers don't march in step.
    func delay(afterFailures failures: Int, spread: Double) -> Duration {
        let doubled = failures <= 30 ? firstDelay * (1 << (failures - 1)) : maxDelay
        return min(doubled, maxDelay) * (0.5 + 0.5 * spread)
    }
}

/// Calls the operation until it succeeds, fails for good, or the policy's limit or deadline is reached; the last error
/// is thrown then. Cancellation ends the wait and throws `CancellationError`.
///
/// - Parameters:
///   - isRetriable: which errors may go away by themselves; by default those that say so themselves.
///   - onFailure: told of every failure that will be retried, with the wait before the next attempt.
package func retry<Result: Sendable>(
    _ policy: RetryPolicy, clock: some Clock<Duration> = ContinuousClock(),
    when isRetriable: (any Error) -> Bool = { ($0 as? any Retriable)?.isRetriable ?? false },
    onFailure: (any Error, Duration) -> Void = { _, _ in },
    _ operation: () async throws -> Result
) async throws -> Result {
    let start = clock.now
    var failures = 0
    while true {
        do {
            return try await operation()
        } catch {
            failures += 1
            let delay = policy.delay(afterFailures: failures, spread: .random(in: 0...1))
            let elapsed = start.duration(to: clock.now)
            guard isRetriable(error), failures < policy.attemptLimit, elapsed + delay <= policy.deadline else {
                throw error
            }
            onFailure(error, delay)
            try await clock.sleep(for: delay)
        }
    }
}
