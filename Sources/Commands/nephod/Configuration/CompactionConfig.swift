import MetricStore
import ServiceKit

/// Section `compaction`: how often stored batches become chunks.
struct CompactionConfig: ConfigSection {
    static let section = "compaction"
    static let about =
        "Packs stored batches into each metric's chunks, folds windows, and drops what is past its retention."
    static let interval = Duration.seconds(120)
    static let retentionInterval = Duration.seconds(3_600)

    let interval: Duration
    let retentionInterval: Duration

    init(reading section: SectionReader) {
        interval = section.duration(
            "interval", default: Self.interval, in: .seconds(1)...(.seconds(3_600)), "Time between runs.")
        retentionInterval = section.duration(
            "retention_interval", default: Self.retentionInterval, in: .seconds(10)...(.seconds(86_400)),
            "Time between looks for days that are past their retention.")
    }
}
