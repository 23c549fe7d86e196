/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// An `Int64` of nanoseconds reaches from 1677 to 2262; text outside that range is refused, never wrapped.
package struct Instant: Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// An instant of whole milliseconds; the nearest that there is where 64 bits can't hold it.
    package init(milliseconds: Int64) {
        self.init(nanoseconds: milliseconds.multipliedClamping(by: 1_000_000))
    }

    /// An instant of whole seconds; the nearest that there is where 64 bits can't hold it.
    package init(seconds: Int64) {
        self.init(nanoseconds: seconds.multipliedClamping(by: 1_000_000_000))
    }

    /// The first and the last instant that a clock of a cloud may show: this century.
    ///
    /// What comes from outside and lies beyond is no time but a fault.
    package static let believable = Instant(seconds: 946_684_800)..<Instant(seconds: 4_102_444_800)

    /// This instant moved by a duration, which is cut to whole nanoseconds; at the ends of representable time it stops.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let distance = duration.nanoseconds
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(distance)
        return Instant(nanoseconds: overflow ? (distance < 0 ? .min : .max) : sum)
    }

    package static func - (instant: Instant, duration: Duration) -> Instant {
        let distance = duration.nanoseconds
        let (difference, overflow) = instant.nanoseconds.subtractingReportingOverflow(distance)
        return Instant(nanoseconds: overflow ? (distance < 0 ? .max : .min) : difference)
    }

    /// The time from `start` to `end`; negative where `end` is earlier. Any two instants have one: up to 585 years.
    package static func - (end: Instant, start: Instant) -> Duration {
        .nanoseconds(end.nanoseconds) - .nanoseconds(start.nanoseconds)
    }

    /// The start of the window of this width that holds the instant; windows are aligned to 1970.
    ///
    /// The very first window begins with the first instant that there is.
    package func floor(to width: Duration) -> Instant {
        let width = width.nanoseconds
        let remainder = nanoseconds % width
        let (start, overflow) = nanoseconds.subtractingReportingOverflow(remainder < 0 ? remainder + width : remainder)
        return Instant(nanoseconds: overflow ? .min : start)
    }
}

extension Instant: Comparable {
    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
    /// The whole nanoseconds of this duration; of one over 292 years as many as 64 bits hold.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isBeyond || overflow ? (self < .zero ? .min : .max) : sum
    }
}

extension Int64 {
    fileprivate func multipliedClamping(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? (self < 0 ? .min : .max) : product
    }
}
