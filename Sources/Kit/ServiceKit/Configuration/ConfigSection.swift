/// One section of the configuration file: a struct with a property per key, and its defaults as static constants.
///
/// `init` declares the keys by reading them, in the order in which they are printed: key, default, limits and comment
/// stand in one call, and the printed file, the checks and the values all come from it.
///
///     init(reading section: SectionReader) {
///         interval = section.duration("interval", default: Self.interval, in: Self.intervalLimits, "Time between polls.")
///     }
package protocol ConfigSection: Sendable {
    /// The section's key in the file, in `lower_snake_case`.
    static var section: String { get }
    /// What the section is about, printed above it.
    static var about: String { get }

    init(reading section: SectionReader)
}

/// The whole file: a struct with a property per section.
package protocol ConfigFile: Sendable {
    /// Printed at the top of the default file.
    static var about: String { get }

    init(reading file: ConfigReader)
}
