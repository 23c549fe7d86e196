import Kafka
import MetricStore
import ServiceKit
import Telemetry

/// What a worker shows of itself: lag, gaps, freshness, and which troubles it has reported.
struct WorkerView {
    let instruments: IngestionInstruments
    private var troubles: Set<KafkaErrorCode> = []
    private var expectedGaps: Set<TopicPartition> = []
    private var polledAt: [HostName: Instant] = [:]
    private var nextLagAt = ContinuousClock.now

    /// Lag is looked at so often: it changes with every message, and a scrape comes every few seconds.
    private static let lagInterval = Duration.seconds(1)
    /// Beyond so many hosts the newest polls are remembered anew; their gauges stay.
    private static let hostLimit = 20_000

    init(instruments: IngestionInstruments) {
        self.instruments = instruments
    }

    // MARK: Troubles

    /// Whether an error was not reported since things last went well.
    mutating func isNewTrouble(_ code: KafkaErrorCode) -> Bool { troubles.insert(code).inserted }

    mutating func clearTroubles() { troubles = [] }

    // MARK: Partitions

    mutating func forget(_ partitions: [TopicPartition]) {
        for partition in partitions {
            instruments.lag.remove(partition.topic, "\(partition.partition)")
            expectedGaps.remove(partition)
        }
    }

    /// The messages between the stored offset and the next one are gone from the broker.
    mutating func expectGap(in partition: TopicPartition) {
        expectedGaps.insert(partition)
    }

    mutating func countGaps(before batch: IngestBatch, _ offsets: [TopicPartition: Int64]) {
        guard !expectedGaps.isEmpty else { return }
        for message in batch.messages where expectedGaps.remove(message.source) != nil {
            if let stored = offsets[message.source], message.offset > stored {
                instruments.lostMessages.add(Int(message.offset - stored))
            }
        }
    }

    mutating func showLag(
        of consumer: Consumer, _ assignment: Assignment?, _ offsets: [TopicPartition: Int64]
    ) async {
        guard let assignment, ContinuousClock.now >= nextLagAt else { return }
        nextLagAt = .now + Self.lagInterval
        guard let watermarks = await consumer.watermarks(of: assignment.partitions) else { return }
        for (partition, marks) in watermarks {
            let lag = marks.high - (offsets[partition] ?? marks.low)
            instruments.lag.set(Double(max(0, lag)), partition.topic, "\(partition.partition)")
        }
    }

    // MARK: Batches

    mutating func count(_ stored: StoredBatch) {
        instruments.transactions[.committed].add()
        instruments.stored[.batch].add(stored.batches.count)
        instruments.stored[.notification].add(stored.notificationCount)
        instruments.duplicates[.batch].add(stored.repeatedBatchCount)
        instruments.duplicates[.notification].add(stored.repeatedNotificationCount)
        instruments.missedBatches.add(stored.missedBatchCount)
        instruments.samplesStored.add(stored.sampleCount)
        instruments.eventsStored.add(stored.events.count)
        for (reason, count) in stored.rejectedSamples { instruments.samplesRejected[reason].add(count) }
        for (reason, count) in stored.rejectedObservations { instruments.observationsRejected[reason].add(count) }
        // A poll of the future would stand for the newest one until then.
        for batch in stored.batches where batch.polledAt <= stored.latest { show(batch) }
    }

    /// A spool may deliver older polls after newer ones; the newest one counts.
    private mutating func show(_ batch: ConvertedBatch) {
        let host = batch.name.host
        guard batch.polledAt > polledAt[host] ?? Instant(nanoseconds: .min) else { return }
        if polledAt.count >= Self.hostLimit { polledAt = [:] }
        polledAt[host] = batch.polledAt
        instruments.hostPolledAt.set(Double(batch.polledAt.nanoseconds) / 1e9, host.text)
    }
}
