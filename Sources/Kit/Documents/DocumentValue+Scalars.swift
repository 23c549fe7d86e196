package import Telemetry

extension DocumentValue {
    /// The text of any scalar but null: `12` and `true` are texts too where a text is wanted.
    package func string() -> String? {
        guard let text, kind != .null else {
            reject(expected: "text")
            return nil
        }
        return text
    }

    package func bool() -> Bool? {
        guard kind == .bool, let text else {
            reject(expected: "true or false")
            return nil
        }
        return text.lowercased() == "true"
    }

    package func int(in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
        guard kind == .int, let text, let value = Int(text) else {
            reject(expected: "a whole number")
            return nil
        }
        return checked(value, in: range) { "\($0)" }
    }

    /// A finite number.
    package func double(in range: ClosedRange<Double>? = nil) -> Double? {
        guard kind == .int || kind == .float, let text, let value = Double(text), value.isFinite else {
            reject(expected: "a number")
            return nil
        }
        guard let range else { return value }
        return checked(value, in: range) { "\($0)" }
    }

    /// A duration with its unit. With `bareUnit`, a whole number alone counts in that unit, as Ceilometer's files do.
    package func duration(in range: ClosedRange<Duration>? = nil, bareUnit: Duration? = nil) -> Duration? {
        let value: Duration?
        if kind == .int, let bareUnit, let count = text.flatMap(Int32.init) {
            value = bareUnit * Int(count)
        } else {
            value = text.flatMap { Duration(text: $0) }
        }
        guard let value else {
            reject(expected: "a duration with a unit such as 30s, 5m or 1h")
            return nil
        }
        guard let range else { return value }
        return checked(value, in: range, spelling: \.text)
    }

    package func byteCount(in range: ClosedRange<ByteCount>? = nil) -> ByteCount? {
        guard let value = text.flatMap({ ByteCount(text: $0) }) else {
            reject(expected: "an amount of bytes with a unit such as 64MiB")
            return nil
        }
        guard let range else { return value }
        return checked(value, in: range, spelling: \.text)
    }

    /// A date and time; without an offset it is UTC.
    package func instant() -> Instant? {
        parse("a time such as 2026-01-01T00:00:00Z") { Instant($0) }
    }

    /// One of a closed set of words.
    package func choice<Choice>(_ type: Choice.Type = Choice.self) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        let words = Choice.allCases.map(\.rawValue)
        return parse("one of " + words.joined(separator: ", ")) { Choice(rawValue: $0) }
    }

    /// A text in a notation of the caller's; `expected` names it in the problem.
    package func parse<Value>(_ expected: String, _ convert: (String) -> Value?) -> Value? {
        guard let text, kind != .null, let value = convert(text) else {
            reject(expected: expected)
            return nil
        }
        return value
    }

    private func checked<Value: Comparable>(
        _ value: Value, in range: ClosedRange<Value>, spelling: (Value) -> String
    ) -> Value? {
        if range.contains(value) { return value }
        report("\(spelling(value)) is outside \(spelling(range.lowerBound)) to \(spelling(range.upperBound))")
        return nil
    }
}
