import Logging
import MetricStore
import Postgres
import ServiceKit
import ServiceLifecycle

/// The role `compaction`: packs and folds by the clock, and drops what is past its retention.
struct CompactionService: Service {
    let pool: Pool
    let config: CompactionConfig
    let clock: WallClock
    let instruments: CompactionInstruments
    let logger: Logger

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await compact() }
            group.addTask { await retain() }
        }
    }

    private func compact() async {
        let compactor = Compactor(pool)
        for await _ in ticks(config.interval) {
            let start = ContinuousClock.now
            await attempt("Compaction failed") {
                let outcome = try await compactor.run(now: clock.now)
                instruments.runs[outcome.wasBusy ? .busy : .done].add()
                instruments.measures.add(outcome.measures)
                instruments.folded.add(outcome.folded)
                instruments.duration.observe(ContinuousClock.now - start)
                let backlog = try await pool.withSession { db in try MeasureStore().backlog(in: db) }
                instruments.backlog.set(backlog.measures)
            }
        }
    }

    private func retain() async {
        for await _ in ticks(config.retentionInterval) {
            await attempt("Retention failed") {
                let (dropped, postponed) = try await ChunkPartitions().dropExpired(pool, now: clock.now)
                instruments.droppedPartitions.add(dropped.count)
                if !postponed.isEmpty {
                    logger.notice(
                        "Partitions in use were kept for now", metadata: ["partitions.count": "\(postponed.count)"])
                }
            }
        }
    }

    /// A run that fails is counted and left to the next one: what it would have done is still there.
    private func attempt(_ message: Logger.Message, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch is CancellationError {
            return
        } catch {
            instruments.runs[.failed].add()
            logger.error(message, error: error)
        }
    }

    private func ticks(_ interval: Duration) -> AsyncCancelOnGracefulShutdownSequence<Ticker> {
        Ticker(every: interval, jitter: .seconds(1), clock: ContinuousClock()).cancelOnGracefulShutdown()
    }
}

/// What compaction tells of itself.
struct CompactionInstruments: Sendable {
    let runs: Counters<Outcome>
    let measures: Counter
    let folded: Counter
    let duration: Histogram
    let backlog: Gauge
    let droppedPartitions: Counter

    init(in registry: InstrumentRegistry) {
        runs = registry.counters("compaction_runs_total", help: "Runs, by what came of them.", by: Outcome.self)
        measures = registry.counter("compaction_measures_total", help: "Measures packed into chunks.")
        folded = registry.counter("compaction_metrics_folded_total", help: "Metrics whose windows were made anew.")
        duration = registry.histogram("compaction_run_duration_seconds", help: "Time of a run.")
        backlog = registry.gauge("compaction_backlog_measures", help: "Stored measures that are not packed yet.")
        droppedPartitions = registry.counter(
            "compaction_dropped_partitions_total", help: "Partitions dropped because they are past their retention.")
    }

    enum Outcome: String, InstrumentLabel {
        static let label = "outcome"
        case done, busy, failed
    }
}
