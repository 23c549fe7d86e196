package import ServiceKit

/// The section `compaction` of the configuration file.
package struct CompactionConfig: ConfigSection {
    package static let section = "compaction"
    package static let about = "Packs stored batches into chunks, folds their windows, and drops what retention is over."
    /// Readers merge the batches of so long: a few dozen rows per collector, which they decode in milliseconds.
    package static let interval = Duration.seconds(120)

    /// A year of bills and the time in which they are disputed.
    package static let eventRetention = Duration.seconds(400 * 86_400)
    /// Well beyond what a topic and a spool keep: a batch of a collector that was forgotten would count again.
    package static let collectorRetention = Duration.seconds(90 * 86_400)

    package let interval: Duration
    package let eventRetention: Duration
    package let collectorRetention: Duration

    package init(reading section: SectionReader) {
        interval = section.duration(
            "interval", default: Self.interval, in: .seconds(1)...(.seconds(3_600)), "Time between runs.")
        eventRetention = section.duration(
            "event_retention", default: Self.eventRetention, in: .seconds(86_400)...(.seconds(36_500 * 86_400)),
            "How long events are kept, by the time of their notification; usage is not derived from them.")
        collectorRetention = section.duration(
            "collector_retention", default: Self.collectorRetention,
            in: .seconds(7 * 86_400)...(.seconds(3_650 * 86_400)),
            "A collector that was silent for this long is forgotten; longer than the samples topic and spools keep batches.")
    }
}
