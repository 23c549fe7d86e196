/// The waits between attempts that may go on for ever: doubling up to a limit, with jitter.
///
/// A batch is never skipped, so its attempts have no number and no deadline, which is where this differs from `retry`.
struct Backoff {
    /// Short enough that a failover costs no noticeable delay.
    static let firstDelay = Duration.milliseconds(100)
    /// A database that comes back is noticed within this time.
    static let maxDelay = Duration.seconds(10)

    private var failures = 0

    /// The wait before the next attempt.
    mutating func next() -> Duration {
        // Beyond ten doublings the limit counts anyway.
        let doubled = Self.firstDelay * (1 << min(failures, 10))
        failures += 1
        return min(doubled, Self.maxDelay) * Double.random(in: 0.5...1)
    }
}
