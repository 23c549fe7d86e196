package import Telemetry

/// How time is cut into windows: pieces of equal length, or periods of the calendar in UTC.
package enum WindowWidth: Hashable, Sendable {
    /// Windows of one length, aligned to 1970-01-01T00:00:00Z; longer than zero.
    case fixed(Duration)
    case calendar(CalendarPeriod)

    /// The window that holds an instant.
    ///
    /// At the ends of representable time a window is cut short, never wrapped.
    package func window(holding instant: Instant) -> Range<Instant> {
        switch self {
        case .fixed(let width):
            let width = width.nanoseconds
            let start = instant.nanoseconds.subtractingReportingOverflow(instant.nanoseconds.modulo(width))
            let first = start.overflow ? .min : start.partialValue
            let end = start.partialValue.addingReportingOverflow(width)
            return Instant(nanoseconds: first)..<Instant(nanoseconds: end.overflow ? .max : end.partialValue)
        case .calendar(let period):
            return period.window(holding: instant)
        }
    }
}

/// A period of the calendar, with Gnocchi's letters for `resample`.
package enum CalendarPeriod: String, Hashable, Sendable, CaseIterable {
    case year = "Y"
    case half = "H"
    case quarter = "Q"
    case month = "M"
    /// A week that begins on Sunday.
    case week = "W"

    /// The period, in UTC, that holds an instant.
    package func window(holding instant: Instant) -> Range<Instant> {
        let length: Int64 = 86_400_000_000_000
        let day = instant.nanoseconds / length - (instant.nanoseconds % length < 0 ? 1 : 0)
        guard let months else {
            // 1970-01-01 was a Thursday, four days after a Sunday.
            let start = day - (day + 4).modulo(7)
            return Self.midnight(start)..<Self.midnight(start + 7)
        }
        let date = Instant.date(ofDay: day)
        let first = (date.month - 1) / months * months + 1
        let isLast = first + months > 12
        let start = Instant.days(year: date.year, month: first, day: 1)
        let end = Instant.days(year: isLast ? date.year + 1 : date.year, month: isLast ? 1 : first + months, day: 1)
        return Self.midnight(start)..<Self.midnight(end)
    }

    /// The months of the period; nil for a week.
    private var months: Int64? {
        switch self {
        case .year: 12
        case .half: 6
        case .quarter: 3
        case .month: 1
        case .week: nil
        }
    }

    /// The beginning of a day counted from 1970-01-01, or the end of representable time that it lies beyond.
    private static func midnight(_ day: Int64) -> Instant {
        let (nanoseconds, overflow) = day.multipliedReportingOverflow(by: 86_400_000_000_000)
        return Instant(nanoseconds: overflow ? (day < 0 ? .min : .max) : nanoseconds)
    }
}

extension Int64 {
    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
