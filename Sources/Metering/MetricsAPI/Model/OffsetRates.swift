import Kafka
import Telemetry

/// How fast partitions are read, from their offsets at a few moments.
struct OffsetRates: Sendable {
    private var moments: [(at: Instant, offsets: [TopicPartition: Int64])] = []

    /// Long enough to smooth over batches, short enough to tell that reading has stopped.
    static let span = Duration.seconds(60)

    mutating func add(_ offsets: [TopicPartition: Int64], at now: Instant) {
        moments.append((now, offsets))
        // One moment older than the span stays, so that the span is always covered.
        while moments.count > 2, moments[1].at <= now - Self.span { moments.removeFirst() }
    }

    /// Messages a second over the span; nil before there are two moments that know the partition.
    func perSecond(of partition: TopicPartition) -> Double? {
        let known = moments.filter { $0.offsets[partition] != nil }
        guard let first = known.first, let last = known.last, first.at < last.at,
            let start = first.offsets[partition], let end = last.offsets[partition]
        else { return nil }
        return Double(max(0, end - start)) / ((last.at - first.at) / .seconds(1))
    }
}
