/// Writes Prometheus' text exposition format, version 0.0.4.
struct Exposition {
    private(set) var text = ""

    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// Adds one family; one without samples is left out.
    mutating func add(_ name: String, _ kind: Kind, help: String, _ samples: Samples) {
        guard !samples.lines.isEmpty else { return }
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" + samples.lines
    }

    /// The lines of one family.
    struct Samples {
        private let name: String
        private(set) var lines = ""

        init(name: String) {
            self.name = name
        }

        mutating func add(_ value: Double, labels: [(name: String, value: String)] = [], suffix: String = "") {
            lines += name + suffix
            if !labels.isEmpty {
                lines +=
                    "{" + labels.map { "\($0.name)=\"\(Exposition.escaped($0.value))\"" }.joined(separator: ",") + "}"
            }
            lines += " \(Exposition.number(value))\n"
        }

        /// A histogram's cumulative buckets, sum and count.
        mutating func add(_ histogram: Histogram, labels: [(name: String, value: String)]) {
            let state = histogram.snapshot()
            var total = 0
            for (bound, count) in zip(histogram.bounds + [.infinity], state.counts) {
                total += count
                add(Double(total), labels: labels + [("le", Exposition.number(bound))], suffix: "_bucket")
            }
            add(state.sum, labels: labels, suffix: "_sum")
            add(Double(total), labels: labels, suffix: "_count")
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// The shortest text that reads back as the same number.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
