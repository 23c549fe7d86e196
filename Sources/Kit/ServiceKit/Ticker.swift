/// Ticks at a steady interval until its task is cancelled: the heartbeat of every loop that runs by the clock.
///
/// Ticks are due at start + n × interval, so that a slow body doesn't shift the later ones; those that fell due while the
/// body ran come as one, with the number skipped. With `jitter`, the start itself is put off by a random part of it
/// once, which spreads many processes over the interval and keeps each one's cadence.
///
///     for await tick in Ticker(every: .seconds(60), clock: clock).cancelOnGracefulShutdown() { … }
package struct Ticker: AsyncSequence, Sendable {
    package struct Tick: Hashable, Sendable {
        /// Counts from 0, skipped ticks included.
        package let number: Int
        /// Ticks that passed unserved since the last one.
        package let skipped: Int

        package init(number: Int, skipped: Int) {
            self.number = number
            self.skipped = skipped
        }
    }

    private let interval: Duration
    private let phase: Duration
    private let start: @Sendable () -> Timeline

    /// Elapsed time since the start of an iteration, and a way to wait for a point of it.
    fileprivate struct Timeline: Sendable {
        let elapsed: @Sendable () -> Duration
        let sleep: @Sendable (Duration) async throws -> Void
    }

    package init(every interval: Duration, jitter: Duration = .zero, clock: some Clock<Duration>) {
        precondition(interval > .zero, "an interval of nothing is a busy loop")
        self.interval = interval
        self.phase = jitter * Double.random(in: 0..<1)
        self.start = {
            let beginning = clock.now
            return Timeline(
                elapsed: { beginning.duration(to: clock.now) },
                sleep: { try await clock.sleep(until: beginning.advanced(by: $0), tolerance: nil) })
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(interval: interval, phase: phase, timeline: start())
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let interval: Duration
        private let phase: Duration
        private let timeline: Timeline
        private var next = 0

        fileprivate init(interval: Duration, phase: Duration, timeline: Timeline) {
            self.interval = interval
            self.phase = phase
            self.timeline = timeline
        }

        /// The next tick; nil when the task was cancelled.
        package mutating func next() async -> Tick? {
            guard !Task.isCancelled else { return nil }
            let elapsed = timeline.elapsed()
            let latest = elapsed < phase ? 0 : Int((elapsed - phase) / interval)
            let number = Swift.max(next, latest)
            let due = phase + interval * number
            if due > elapsed {
                do {
                    try await timeline.sleep(due)
                } catch {
                    return nil  // a clock's sleep fails only by cancellation
                }
            }
            let tick = Tick(number: number, skipped: number - next)
            next = number + 1
            return tick
        }
    }
}
