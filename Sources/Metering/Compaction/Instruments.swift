package import ServiceKit

/// What compaction tells of itself.
package struct CompactionInstruments: Sendable {
    let runs: Counters<RunOutcome>
    let batches: Counter
    let measures: Counter
    let folded: Counter
    let dropped: Counter

    package init(in registry: InstrumentRegistry) {
        runs = registry.counters("compaction_runs_total", help: "Runs, by how they ended.", by: RunOutcome.self)
        batches = registry.counter("compaction_batches_packed_total", help: "Batches turned into chunks.")
        measures = registry.counter("compaction_measures_packed_total", help: "Measures of these batches.")
        folded = registry.counter("compaction_days_folded_total", help: "Days of a metric whose windows were made anew.")
        dropped = registry.counter("compaction_partitions_dropped_total", help: "Partitions whose retention was over.")
    }

    enum RunOutcome: String, InstrumentLabel {
        static let label = "outcome"
        case done, failed
    }
}
