/// A key as its section declared it, with the value in force: what `print-config` and `check-config` show.
package struct ConfigKey: Hashable, Sendable {
    package let section: String
    package let key: String
    /// One sentence, with the limits appended where there are any.
    package let about: String
    /// The default as YAML; nil where the key has none and may be left out.
    package let defaultText: String?
    /// The value in force as YAML, secrets redacted; nil where the key is unset.
    package let valueText: String?
    package let origin: Origin

    package enum Origin: String, Hashable, Sendable {
        case standard = "default"
        case file, environment, commandLine = "command line"
    }
}
