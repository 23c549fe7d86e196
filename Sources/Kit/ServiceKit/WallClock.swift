internal import Glibc
package import Telemetry

/// Tells the time of day. The only reader of the system's clock; whatever needs the time is given one of these.
///
/// Intervals and deadlines use a `Clock` instead: the time of day may be set back.
package struct WallClock: Sendable {
    private let read: @Sendable () -> Instant

    /// A clock that tells what the closure says, for tests.
    package init(_ read: @escaping @Sendable () -> Instant) {
        self.read = read
    }

    package var now: Instant { read() }

    /// The system's clock (`CLOCK_REALTIME`).
    package static let system = WallClock {
        var time = timespec()
        let result = clock_gettime(CLOCK_REALTIME, &time)
        precondition(result == 0, "CLOCK_REALTIME exists on every Linux")
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
