extension Instant {
    /// Reads a date and time in the spellings that OpenStack's services send.
    ///
    /// Accepted: `2026-11-23T19:03:19`, a space in place of the `T`, a fraction of one to nine digits (further digits are
    /// cut), and an offset of `Z`, `+hh:mm`, `+hhmm` or `+hh`. A time without an offset is UTC, as all services mean it.
    /// Returns nil for anything else, for a date that does not exist and for a time outside what an `Int64` can hold.
    package init?(_ text: some StringProtocol) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(digits: 4), reader.take("-"),
            let month = reader.number(digits: 2), reader.take("-"),
            let day = reader.number(digits: 2), reader.take("T") || reader.take(" "),
            let hour = reader.number(digits: 2), reader.take(":"),
            let minute = reader.number(digits: 2), reader.take(":"),
            let second = reader.number(digits: 2)
        else { return nil }
        guard (1...12).contains(month), day >= 1, day <= Self.daysInMonth(month, year: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.take(".") {
            guard let value = reader.fraction() else { return nil }
            fraction = value
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second) - offset
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (total, carry) = scaled.addingReportingOverflow(fraction)
        guard !overflow, !carry else { return nil }
        self.init(nanoseconds: total)
    }

    /// ISO 8601 in UTC with as many digits of the second as are needed: `2026-11-23T19:03:19.155489Z`.
    package var text: String {
        let digits = nanoseconds % 1_000_000_000 == 0 ? 0 : nanoseconds % 1_000_000 == 0 ? 3 : nanoseconds % 1_000 == 0 ? 6 : 9
        return formatted(separator: "T", fractionDigits: digits, offset: "Z")
    }

    /// The date and time in UTC with a fixed number of digits of the second (0 to 9; further ones are cut).
    package func formatted(separator: String, fractionDigits: Int, offset: String) -> String {
        let second = Self.floorDivide(nanoseconds, 1_000_000_000)
        // Before 1677-09-21T00:12:44 the product is out of range and the difference comes back into it.
        let fraction = nanoseconds &- second &* 1_000_000_000
        let day = Self.floorDivide(second, 86_400)
        let inDay = second - day * 86_400
        let date = Self.date(ofDay: day)
        var text = Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-" + Self.padded(date.day, 2) + separator
        text += Self.padded(inDay / 3_600, 2) + ":" + Self.padded(inDay / 60 % 60, 2) + ":" + Self.padded(inDay % 60, 2)
        if fractionDigits > 0 {
            text += "." + String(Self.padded(fraction, 9).prefix(fractionDigits))
        }
        return text + offset
    }

    /// Days since 1970-01-01 of a date in the Gregorian calendar (Hinnant's civil-from-days arithmetic).
    package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The Gregorian date of a day counted from 1970-01-01.
    package static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    private static func daysInMonth(_ month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        // By the remainder's sign, since negating the smallest value would trap.
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Instant: CustomStringConvertible {
    package var description: String { text }
}

/// Reads fixed runs of ASCII digits and single characters from text.
private struct DigitReader<Bytes: Collection> where Bytes.Element == UInt8 {
    private let bytes: Bytes
    private var position: Bytes.Index

    init(_ bytes: Bytes) {
        self.bytes = bytes
        self.position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else { return false }
        position = bytes.index(after: position)
        return true
    }

    mutating func digit() -> Int64? {
        guard position < bytes.endIndex, (48...57).contains(bytes[position]) else { return nil }
        defer { position = bytes.index(after: position) }
        return Int64(bytes[position] - 48)
    }

    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// The nanoseconds of a fraction of at least one digit.
    mutating func fraction() -> Int64? {
        guard var value = digit() else { return nil }
        var count = 1
        while let digit = digit() {
            if count < 9 { value = value * 10 + digit }
            count += 1
        }
        while count < 9 {
            value *= 10
            count += 1
        }
        return value
    }

    /// The offset from UTC in seconds; 0 where the text ends.
    mutating func offset() -> Int64? {
        if isAtEnd || take("Z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 3_600 }
        _ = take(":")
        guard let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
