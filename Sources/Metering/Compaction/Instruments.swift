package import ServiceKit

/// What compaction tells of itself.
package struct CompactionInstruments: Sendable {
    let runs: Counters<RunOutcome>
    let batches: Counter
    let measures: Counter
    let folded: Counter
    let dropped: Counter
    let quarantined: Counter
    let events: Counter
    let forgotten: Counter

    package init(in registry: InstrumentRegistry) {
        runs = registry.counters("compaction_runs_total", help: "Runs, by how they ended.", by: RunOutcome.self)
        batches = registry.counter("compaction_batches_packed_total", help: "Batches turned into chunks.")
        measures = registry.counter("compaction_measures_packed_total", help: "Measures of these batches.")
        folded = registry.counter("compaction_days_folded_total", help: "Days of a metric whose windows were made anew.")
        dropped = registry.counter("compaction_partitions_dropped_total", help: "Partitions whose retention was over.")
        quarantined = registry.counter(
            "compaction_batches_quarantined_total", help: "Batches that could not be read and were put aside.")
        events = registry.counter("compaction_events_pruned_total", help: "Events whose retention was over.")
        forgotten = registry.counter(
            "compaction_collectors_forgotten_total", help: "Incarnations of collectors that were silent for too long.")
    }

    enum RunOutcome: String, InstrumentLabel {
        static let label = "outcome"
        case done, failed
    }
}
