/// A point in time as PostgreSQL's `timestamptz` keeps it: microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Sendable, Comparable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The microsecond that holds this nanosecond.
    package init(nanoseconds: Int64) {
        self.init(microseconds: nanoseconds / 1_000 - (nanoseconds % 1_000 < 0 ? 1 : 0))
    }

    /// The nanoseconds since 1970; nil where an `Int64` can't hold them (before 1677 or after 2262, and the infinities).
    package var nanoseconds: Int64? {
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : product
    }

    /// SQL's `'infinity'` and `'-infinity'`.
    package static let infinity = Timestamp(microseconds: .max)
    package static let negativeInfinity = Timestamp(microseconds: .min)

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// PostgreSQL counts from 2000-01-01; this is that day since 1970, in microseconds.
    private static let epochOffset: Int64 = 946_684_800_000_000
}

extension Timestamp: SQLBindable, SQLArrayElement {
    package static var sqlType: PostgresType { .timestamptz }

    package func encode(into bytes: inout [UInt8]) {
        let isInfinite = self == .infinity || self == .negativeInfinity
        bytes.append(bigEndian: isInfinite ? microseconds : microseconds - Self.epochOffset)
    }
}

extension Timestamp: SQLDecodable, SQLDecodableElement {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> Timestamp {
        _ = try field.bytes(as: .timestamptz)
        let value = try field.integer(Int64.self)
        if value == .max { return .infinity }
        if value == .min { return .negativeInfinity }
        let (microseconds, overflow) = value.addingReportingOverflow(epochOffset)
        guard !overflow else { throw .range }
        return Timestamp(microseconds: microseconds)
    }
}

/// A day of the calendar: days since 1970-01-01; SQL's `date`.
package struct CalendarDay: Hashable, Sendable, Comparable {
    package let daysSince1970: Int

    package init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.daysSince1970 < right.daysSince1970 }

    /// 2000-01-01 in days since 1970.
    private static let epochOffset = 10_957
}

extension CalendarDay: SQLBindable, SQLArrayElement {
    package static var sqlType: PostgresType { .date }

    package func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(clamping: daysSince1970 - Self.epochOffset))
    }
}

extension CalendarDay: SQLDecodable, SQLDecodableElement {
    package static func decode(_ field: SQLField) throws(SQLFieldError) -> CalendarDay {
        _ = try field.bytes(as: .date)
        return CalendarDay(daysSince1970: Int(try field.integer(Int32.self)) + epochOffset)
    }
}
