/// How actions are delivered.
package struct DeliverySettings: Hashable, Sendable {
    package let hosts: AllowedHosts
    /// How often the store is asked for actions that are due.
    package let interval: Duration
    /// How long one attempt may take, from connecting to the end of the answer's head.
    package let requestTimeout: Duration
    package let retryDelays: RetryDelays
    /// An action that could not be delivered for this long is given up.
    package let abandonAfter: Duration

    /// How much longer than an attempt its lease is: for the store's two round trips around it, under load.
    static let leaseMargin = Duration.seconds(30)

    package init(
        hosts: AllowedHosts, interval: Duration, requestTimeout: Duration, retryDelays: RetryDelays,
        abandonAfter: Duration
    ) {
        self.hosts = hosts
        self.interval = interval
        self.requestTimeout = requestTimeout
        self.retryDelays = retryDelays
        self.abandonAfter = abandonAfter
    }

    var lease: Duration { requestTimeout + Self.leaseMargin }
}

/// The wait after a failed attempt: it doubles from the first to the longest, and is spread so that receivers aren't stormed.
package struct RetryDelays: Hashable, Sendable {
    package let first: Duration
    package let longest: Duration

    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The wait after this many attempts; `spread` from 0 to 1 chooses between half of it and all.
    func delay(afterAttempts attempts: Int, spread: Double) -> Duration {
        // Thirty doublings of any delay are beyond every limit.
        let doublings = min(max(attempts - 1, 0), 30)
        return min(first * (1 << doublings), longest) * (0.5 + 0.5 * spread)
    }
}
