/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// An `Int64` of nanoseconds reaches from 1677 to 2262; text outside that range is refused, never wrapped.
package struct Instant: Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package init(milliseconds: Int64) {
        self.init(nanoseconds: milliseconds * 1_000_000)
    }

    package init(seconds: Int64) {
        self.init(nanoseconds: seconds * 1_000_000_000)
    }

    /// This instant moved by a duration; the duration is cut to whole nanoseconds.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds + duration.nanoseconds)
    }

    package static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds - duration.nanoseconds)
    }

    /// The time from `start` to `end`; negative where `end` is earlier.
    package static func - (end: Instant, start: Instant) -> Duration {
        .nanoseconds(end.nanoseconds - start.nanoseconds)
    }

    /// The start of the window of this width that holds the instant; windows are aligned to 1970.
    package func floor(to width: Duration) -> Instant {
        let width = width.nanoseconds
        let remainder = nanoseconds % width
        return Instant(nanoseconds: nanoseconds - (remainder < 0 ? remainder + width : remainder))
    }
}

extension Instant: Comparable {
    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
    /// The whole nanoseconds of this duration. Durations over 292 years do not occur here and trap.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
