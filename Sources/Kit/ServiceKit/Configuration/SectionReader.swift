package import Documents

/// Reads and declares the keys of one section; each reader gives the default where nothing (good) is written.
package final class SectionReader {
    private let section: String
    private let mapping: DocumentMapping?
    private let reader: ConfigReader

    init(_ section: String, mapping: DocumentMapping?, in reader: ConfigReader) {
        self.section = section
        self.mapping = mapping
        self.reader = reader
    }

    package func string(_ key: String, default standard: String, _ about: String) -> String {
        value(key, default: standard, about, spelling: YAMLText.scalar) { $0.string() }
    }

    package func bool(_ key: String, default standard: Bool, _ about: String) -> Bool {
        value(key, default: standard, about, spelling: { "\($0)" }) { $0.bool() }
    }

    package func int(_ key: String, default standard: Int, in range: ClosedRange<Int>, _ about: String) -> Int {
        value(key, default: standard, limited(about, range), spelling: { "\($0)" }) { $0.int(in: range) }
    }

    package func double(
        _ key: String, default standard: Double, in range: ClosedRange<Double>, _ about: String
    ) -> Double {
        value(key, default: standard, limited(about, range), spelling: { "\($0)" }) { $0.double(in: range) }
    }

    package func duration(
        _ key: String, default standard: Duration, in range: ClosedRange<Duration>, _ about: String
    ) -> Duration {
        let about = "\(about) (\(range.lowerBound.text) to \(range.upperBound.text))"
        return value(key, default: standard, about, spelling: \.text) { $0.duration(in: range) }
    }

    package func byteCount(
        _ key: String, default standard: ByteCount, in range: ClosedRange<ByteCount>, _ about: String
    ) -> ByteCount {
        value(key, default: standard, limited(about, range), spelling: \.text) { $0.byteCount(in: range) }
    }

    package func choice<Choice: Sendable>(_ key: String, default standard: Choice, _ about: String) -> Choice
    where Choice: CaseIterable & RawRepresentable<String> {
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return value(key, default: standard, "\(about) (\(words))", spelling: { YAMLText.scalar($0.rawValue) }) {
            $0.choice()
        }
    }

    /// A list; in the environment and on the command line its elements are separated by commas.
    package func strings(_ key: String, default standard: [String], _ about: String) -> [String] {
        let spelling = { (texts: [String]) in "[" + texts.map(YAMLText.scalar).joined(separator: ", ") + "]" }
        return value(key, default: standard, about, spelling: spelling) { value in
            guard value.position == nil, let text = value.text else { return value.strings() }
            return text.split(separator: ",").map { $0.trimmed() }
        }
    }

    /// A text that may be left out.
    package func optionalString(_ key: String, _ about: String) -> String? {
        value(key, default: nil, about, spelling: { $0.map(YAMLText.scalar) }) { $0.string() }
    }

    /// A secret with a default that isn't one, such as a connection string without a password.
    package func secret(_ key: String, default standard: String, _ about: String) -> Secret {
        value(
            key, default: Secret(standard), about, default: YAMLText.scalar(standard),
            spelling: { _ in Secret.redacted }
        ) {
            $0.string().map(Secret.init)
        }
    }

    /// A value in a notation of the section's own.
    package func custom<Value>(
        _ key: String, default standard: Value, _ about: String, spelling: (Value) -> String,
        read: (DocumentValue) -> Value?
    ) -> Value {
        value(key, default: standard, about, spelling: spelling, read: read)
    }

    private func value<Value>(
        _ key: String, default standard: Value, _ about: String, default defaultText: String? = nil,
        spelling: (Value) -> String?, read: (DocumentValue) -> Value?
    ) -> Value {
        let fromFile = mapping?[key].map { (value: $0, origin: ConfigKey.Origin.file) }
        let found = reader.override(section: section, key: key) ?? fromFile
        let value = found.flatMap { read($0.value) } ?? standard
        let isStandard = found == nil
        reader.declare(
            ConfigKey(
                section: section, key: key, about: about, defaultText: defaultText ?? spelling(standard),
                valueText: isStandard ? defaultText ?? spelling(value) : spelling(value),
                origin: found?.origin ?? .standard))
        return value
    }

    private func limited(_ about: String, _ range: ClosedRange<some Any>) -> String {
        "\(about) (\(range.lowerBound) to \(range.upperBound))"
    }
}

extension Substring {
    fileprivate func trimmed() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
