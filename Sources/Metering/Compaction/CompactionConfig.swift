package import ServiceKit

/// The section `compaction` of the configuration file.
package struct CompactionConfig: ConfigSection {
    package static let section = "compaction"
    package static let about = "Packs stored batches into chunks, folds their windows, and drops what retention is over."
    /// Readers merge the batches of so long: a few dozen rows per collector, which they decode in milliseconds.
    package static let interval = Duration.seconds(120)

    package let interval: Duration

    package init(reading section: SectionReader) {
        interval = section.duration(
            "interval", default: Self.interval, in: .seconds(1)...(.seconds(3_600)), "Time between runs.")
    }
}
