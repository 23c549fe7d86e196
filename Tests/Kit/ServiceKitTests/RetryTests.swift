import ServiceKit
import Synchronization
import TestKit
import Testing

struct RetryTests {
    private let policy = RetryPolicy(
        attemptLimit: 4, firstDelay: .seconds(1), maxDelay: .seconds(3), deadline: .seconds(60))

    @Test("what may go away is tried again, with waits that double up to their limit")
    func succeedsAtLast() async throws {
        let clock = ManualClock()
        let attempts = Mutex(0)
        let delays = Mutex<[Duration]>([])
        async let result = retry(policy, clock: clock, onFailure: { _, delay in delays.withLock { $0.append(delay) } })
        {
            let attempt = attempts.withLock { attempts in
                attempts += 1
                return attempts
            }
            if attempt < 4 { throw Failure(isRetriable: true) }
            return attempt
        }
        for _ in 0..<3 {
            try await eventually("the next attempt is waited for") { clock.sleeperCount == 1 }
            clock.advance(by: .seconds(3))
        }
        #expect(try await result == 4)
        let waits = delays.withLock { $0 }
        for (wait, most) in zip(waits, [1.0, 2, 3]) { #expect(wait >= .seconds(most / 2) && wait <= .seconds(most)) }
    }

    @Test("an error for good is thrown at once")
    func permanent() async {
        await #expect(throws: Failure.self) {
            try await retry(policy, clock: ManualClock()) { throw Failure(isRetriable: false) }
        }
    }

    @Test("the last error is thrown when attempts or time run out", arguments: [(1, 60), (5, 0)])
    func exhausted(attempts: Int, deadline: Int) async {
        let policy = RetryPolicy(
            attemptLimit: attempts, firstDelay: .seconds(1), maxDelay: .seconds(1), deadline: .seconds(deadline))
        await #expect(throws: Failure.self) {
            try await retry(policy, clock: ManualClock()) { throw Failure(isRetriable: true) }
        }
    }

    private struct Failure: Retriable {
        let isRetriable: Bool
    }
}
