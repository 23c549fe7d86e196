import Telemetry

/// A date and time as Python's `iso8601` reads it, which is more than ISO 8601 allows: single digits, any missing tail, a comma
/// in place of the point.
///
/// Fractions are cut to microseconds, as Python's `datetime` holds no more.
struct ISO8601Time: Hashable, Sendable {
    let instant: Instant
    /// East of Greenwich; 0 where the text names no offset.
    let offsetSeconds: Int64

    /// Reads a text; nil for anything else, for dates that do not exist, and for times outside `Instant`'s range.
    init?(_ text: String) {
        var reader = Reader(text)
        guard let date = reader.date() else { return nil }
        var seconds = Instant.days(year: date.year, month: date.month, day: date.day) * 86_400
        var microseconds: Int64 = 0
        var offset: Int64 = 0
        if date.isComplete, reader.takeSeparator() {
            guard let time = reader.time() else { return nil }
            seconds += time.seconds
            microseconds = time.microseconds
            guard let zone = reader.zone() else { return nil }
            offset = zone
        }
        // Python's `$` also fits before a line feed at the end.
        _ = reader.take("\n")
        guard reader.isAtEnd else { return nil }
        let (scaled, overflow) = (seconds - offset).multipliedReportingOverflow(by: 1_000_000_000)
        let (total, carry) = scaled.addingReportingOverflow(microseconds * 1_000)
        guard !overflow, !carry else { return nil }
        self.instant = Instant(nanoseconds: total)
        self.offsetSeconds = offset
    }

    /// `datetime.isoformat()`: with the offset of the text, and with microseconds only where there are any.
    var isoformat: String {
        let local = instant + .seconds(offsetSeconds)
        let hasFraction = instant.nanoseconds % 1_000_000_000 != 0
        return local.formatted(separator: "T", fractionDigits: hasFraction ? 6 : 0, offset: offsetText)
    }

    private var offsetText: String {
        let minutes = abs(offsetSeconds) / 60
        let sign = offsetSeconds < 0 ? "-" : "+"
        let (hour, minute) = (minutes / 60, minutes % 60)
        return sign + (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
    }
}

/// Reads the pieces of a date and time from left to right.
private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func takeSeparator() -> Bool { take("T") || take(" ") }

    /// A number of at least so many digits and at most so many.
    private mutating func number(_ least: Int, _ most: Int) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while count < most, position < bytes.count, (48...57).contains(bytes[position]) {
            value = value * 10 + Int64(bytes[position] - 48)
            position += 1
            count += 1
        }
        guard count >= least else {
            position -= count
            return nil
        }
        return value
    }

    /// A year, a year and month, or a whole date, with hyphens or without.
    mutating func date() -> (year: Int64, month: Int64, day: Int64, isComplete: Bool)? {
        guard let year = number(4, 4), year >= 1 else { return nil }
        var month: Int64?
        let hasHyphen = take("-")
        month = hasHyphen ? number(1, 2) : number(2, 2)
        if hasHyphen, month == nil { return nil }
        guard let month else { return (year, 1, 1, false) }
        var day: Int64?
        if take("-") {
            day = number(1, 2)
            if day == nil { return nil }
        } else {
            day = number(2, 2)
        }
        // A bare YYYYMM is refused, because it could be read as YYMMDD too.
        if day == nil, !hasHyphen { return nil }
        guard (1...12).contains(month), (1...Self.daysInMonth(month, year)).contains(day ?? 1) else { return nil }
        return (year, month, day ?? 1, day != nil)
    }

    /// Hours, and as far as they are there minutes, seconds and a fraction.
    mutating func time() -> (seconds: Int64, microseconds: Int64)? {
        guard let hour = number(2, 2), hour < 24 else { return nil }
        var minute: Int64 = 0
        var second: Int64 = 0
        var microseconds: Int64 = 0
        if let value = part(2, 2) { minute = value }
        if let value = part(1, 2) {
            second = value
            if let fraction = fraction() { microseconds = fraction }
        }
        guard minute < 60, second < 60 else { return nil }
        return (hour * 3_600 + minute * 60 + second, microseconds)
    }

    private mutating func part(_ least: Int, _ most: Int) -> Int64? {
        let start = position
        _ = take(":")
        guard let value = number(least, most) else {
            position = start
            return nil
        }
        return value
    }

    private mutating func fraction() -> Int64? {
        let start = position
        guard take(".") || take(","), var value = number(1, 6) else {
            position = start
            return nil
        }
        for _ in (position - start - 1)..<6 {
            value *= 10
        }
        while position < bytes.count, (48...57).contains(bytes[position]) {
            position += 1
        }
        return value
    }

    /// The offset from UTC in seconds; 0 where the text ends, nil where something else follows.
    mutating func zone() -> Int64? {
        if take("Z") || isAtEnd { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return 0 }
        guard let hours = number(2, 2) else { return nil }
        _ = take(":")
        let minutes = number(2, 2) ?? 0
        // Python's time zones lie within a day of UTC.
        guard hours * 60 + minutes < 24 * 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    private static func daysInMonth(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
