/// Waits until a condition holds, looking again and again; fails with the sentence and the last error otherwise.
///
/// For what happens on another thread or in another process; a unit with a clock of its own is tested with a manual clock.
package func eventually(
    _ what: String, within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
) async throws {
    _ = try await eventually(what, within: limit) { try await condition() ? true : nil }
}

/// Waits until `find` gives a value and returns that.
package func eventually<Found>(
    _ what: String, within limit: Duration = .seconds(10), _ find: () async throws -> Found?
) async throws -> Found {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    var pause = Duration.milliseconds(2)
    while true {
        var failure: (any Error)?
        do {
            if let found = try await find() { return found }
        } catch {
            failure = error
        }
        guard clock.now < deadline else { throw NeverHappened(what: what, limit: limit, lastError: failure) }
        try await clock.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(100))
    }
}

/// What a test waited for did not happen in time.
package struct NeverHappened: Error, CustomStringConvertible {
    package let what: String
    package let limit: Duration
    package let lastError: (any Error)?

    package var description: String {
        "Within \(limit) it never came true that \(what)" + (lastError.map { "; last error: \($0)" } ?? "")
    }
}
