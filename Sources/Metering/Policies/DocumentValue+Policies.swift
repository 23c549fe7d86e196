import Aggregation
import Documents

extension DocumentValue {
    /// What was made; nil where it was refused, which is reported here.
    func made<Made>(_ make: () throws(ArchivePolicyError) -> Made) -> Made? {
        do {
            return try make()
        } catch {
            report(error.description)
            return nil
        }
    }

    /// A length of time as Gnocchi's users write it: `5m`, `5 minutes`, `30 days`, `1:00:00`, or a number of seconds.
    func timespan() -> Duration? {
        parse("a length of time such as 5m, 5 minutes, 1:00:00 or 300") { Timespan(text: $0)?.duration }
    }
}

/// The spellings of a length of time in archive policies.
private struct Timespan {
    let duration: Duration

    /// Gnocchi's words, with and without the plural.
    private static let units: [String: Int64] = [
        "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 7 * 86_400,
    ]

    /// Beyond a hundred years the policy refuses it anyway; here the limit keeps the arithmetic from overflowing.
    private static let secondsLimit = 36_525.0 * 86_400

    init?(text: String) {
        if let duration = Duration(text: text) ?? Self.clock(text) {
            self.duration = duration
            return
        }
        let words = text.split(separator: " ")
        guard let number = words.first.flatMap({ Double($0) }), number.isFinite, words.count <= 2 else { return nil }
        let unit = words.count == 1 ? 1 : Self.unit(words[1])
        guard let unit, abs(number) <= Self.secondsLimit / Double(unit) else { return nil }
        duration = .nanoseconds(Int64((number * Double(unit) * 1e9).rounded()))
    }

    private static func unit(_ word: Substring) -> Int64? {
        units[String(word)] ?? (word.hasSuffix("s") ? units[String(word.dropLast())] : nil)
    }

    /// `h:mm:ss`.
    private static func clock(_ text: String) -> Duration? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0) }
        guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2], minutes < 60,
            seconds < 60
        else { return nil }
        return .seconds(Int64(hours) * 3_600 + Int64(minutes) * 60 + Int64(seconds))
    }
}
