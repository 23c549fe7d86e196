internal import Documents
package import Telemetry

/// Reads a request's query: every problem is collected, and a parameter that nobody asked for is one of them.
///
///     let query = QueryReader(request, now: clock.now)
///     let start = query.instant("start")
///     try query.check()
package final class QueryReader {
    private let items: [APIRequest.QueryItem]
    private let now: Instant
    private var known: Set<String> = []
    private var problems: [String] = []

    package init(_ request: APIRequest, now: Instant) {
        self.items = request.query
        self.now = now
    }

    /// Throws one fault with all problems. Called once, after everything was asked for.
    package func check() throws(Fault) {
        for name in Set(items.map(\.name)).subtracting(known).sorted() {
            problems.append("the parameter \(name) is unknown")
        }
        guard problems.isEmpty else { throw .badRequest(problems.joined(separator: "; ")) }
    }

    /// All values of a parameter that may be repeated.
    package func strings(_ name: String) -> [String] {
        known.insert(name)
        return items.filter { $0.name == name }.map(\.value)
    }

    /// A parameter's value; given twice is a problem, empty counts as absent.
    package func string(_ name: String) -> String? {
        let values = strings(name)
        if values.count > 1 { report("\(name) is given \(values.count) times") }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    package func required(_ name: String) -> String? {
        let value = string(name)
        if value == nil { report("the parameter \(name) is missing") }
        return value
    }

    package func int(_ name: String, in range: ClosedRange<Int>) -> Int? {
        parse(name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A time: ISO 8601, seconds since 1970, or a duration before now such as `-1h`.
    package func instant(_ name: String) -> Instant? {
        parse(name, expected: "a time such as 2026-01-01T00:00:00Z, seconds since 1970, or -1h") { text in
            if let instant = Instant(text) { return instant }
            if text.count == 10, let midnight = Instant(text + "T00:00:00Z") { return midnight }
            if text.hasPrefix("-"), let back = Duration(text: text.dropFirst()) { return now - back }
            guard let seconds = Double(text), abs(seconds) < 9e9 else { return nil }
            return Instant(nanoseconds: Int64((seconds * 1e6).rounded()) * 1_000)
        }
    }

    /// A duration with its unit, or a number of seconds as Gnocchi's clients send it.
    package func duration(_ name: String) -> Duration? {
        parse(name, expected: "a duration such as 300, 300s or 5m") { text in
            if let duration = Duration(text: text), duration > .zero { return duration }
            guard let seconds = Double(text), seconds > 0, seconds < 9e9 else { return nil }
            return .nanoseconds(Int64((seconds * 1e9).rounded()))
        }
    }

    package func choice<Choice>(_ name: String, of type: Choice.Type = Choice.self) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        parse(name, expected: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")) {
            Choice(rawValue: $0)
        }
    }

    /// A value in a notation of the caller's.
    package func parse<Value>(_ name: String, expected: String, _ convert: (String) -> Value?) -> Value? {
        guard let text = string(name) else { return nil }
        if let value = convert(text) { return value }
        report("\(name): expected \(expected), found \"\(text.prefix(80))\"")
        return nil
    }

    package func report(_ problem: String) {
        problems.append(problem)
    }
}
