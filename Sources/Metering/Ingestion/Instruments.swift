import MetricStore
package import ServiceKit
import Telemetry

/// What the consumer service tells about itself.
package struct IngestionInstruments: Sendable {
    package let received: Counters<MessageKind>
    package let stored: Counters<MessageKind>
    package let failed: Counters<DeadLetterReason>
    package let duplicates: Counters<MessageKind>
    package let missedBatches: Counter
    package let samplesStored: Counter
    package let samplesRejected: Counters<SampleRejection>
    package let observationsRejected: Counters<ObservationRejection>
    package let conversionRejected: KeyedCounters
    package let eventsStored: Counter
    package let transactions: Counters<TransactionOutcome>
    package let transactionTime: Histogram
    package let lostMessages: Counter
    package let consumerErrors: Counter
    package let inHand: Gauge
    package let lag: KeyedGauges
    package let hostPolledAt: KeyedGauges

    /// Partitions of all topics that one process may have.
    private static let partitionLimit = 4_096
    /// Hosts of the largest clouds.
    private static let hostLimit = 20_000
    private static let conversionFaultLimit = 64

    package init(in registry: InstrumentRegistry) {
        received = registry.counters(
            "ingestion_messages_received_total", help: "Messages taken from Kafka.", by: MessageKind.self)
        stored = registry.counters(
            "ingestion_messages_stored_total", help: "Messages whose content was committed.", by: MessageKind.self)
        failed = registry.counters(
            "ingestion_messages_failed_total", help: "Messages sent to the dead-letter topic.",
            by: DeadLetterReason.self)
        duplicates = registry.counters(
            "ingestion_messages_duplicate_total", help: "Messages that had been stored before.", by: MessageKind.self)
        missedBatches = registry.counter(
            "ingestion_batches_missed_total", help: "Batches that collectors numbered and that never came.")
        samplesStored = registry.counter("ingestion_samples_stored_total", help: "Samples committed.")
        samplesRejected = registry.counters(
            "ingestion_samples_rejected_total", help: "Samples that were not stored.", by: SampleRejection.self)
        observationsRejected = registry.counters(
            "ingestion_observations_rejected_total",
            help: "What notifications told of a resource at a time that can't be.", by: ObservationRejection.self)
        conversionRejected = registry.keyedCounters(
            "ingestion_conversions_rejected_total", help: "Samples and traits that a notification did not yield.",
            labels: ["fault"], limit: Self.conversionFaultLimit)
        eventsStored = registry.counter("ingestion_events_stored_total", help: "Events committed.")
        transactions = registry.counters(
            "ingestion_transactions_total", help: "Transactions by how they ended.", by: TransactionOutcome.self)
        transactionTime = registry.histogram(
            "ingestion_transaction_seconds", help: "Time of a committed transaction.")
        lostMessages = registry.counter(
            "ingestion_messages_lost_total", help: "Messages that the broker had deleted before they were read.")
        consumerErrors = registry.counter("ingestion_consumer_errors_total", help: "Errors that librdkafka reported.")
        inHand = registry.gauge(
            "ingestion_queue_depth_messages", help: "Messages taken from Kafka and not yet committed.")
        lag = registry.keyedGauges(
            "ingestion_partition_lag_messages", help: "Messages in a partition that are not yet committed.",
            labels: ["topic", "partition"], limit: Self.partitionLimit)
        hostPolledAt = registry.keyedGauges(
            "ingestion_host_polled_timestamp_seconds", help: "Time of the newest poll of a host that was committed.",
            labels: ["host"], limit: Self.hostLimit)
    }
}

/// What a message is.
package enum MessageKind: String, InstrumentLabel {
    package static let label = "kind"
    case batch, notification
}

/// How a transaction ended.
package enum TransactionOutcome: String, InstrumentLabel {
    package static let label = "outcome"
    case committed
    /// To be tried again.
    case retried
    /// Another reader had moved the offset.
    case zombie
    /// The connection was lost during the commit; the offset tells what became of it.
    case unknown
    /// The database refused the data; the batch is taken apart.
    case refused
}

/// Why a sample was not stored.
package enum SampleRejection: String, InstrumentLabel {
    package static let label = "reason"
    case tooOld = "too_old"
    case tooNew = "too_new"
    case notFinite = "not_finite"
    /// No archive policy applies to its meter.
    case noPolicy = "no_policy"

    init(_ rejection: MeasureRejection) {
        self =
            switch rejection {
            case .tooOld: .tooOld
            case .tooNew: .tooNew
            case .notFinite: .notFinite
            }
    }

    init(_ rejection: ObservationRejection) {
        self =
            switch rejection {
            case .tooOld: .tooOld
            case .tooNew: .tooNew
            }
    }
}

/// Why something that was told of a resource was left out.
package enum ObservationRejection: String, InstrumentLabel {
    package static let label = "reason"
    /// Before this century.
    case tooOld = "too_old"
    /// Further in the future than any clock that works.
    case tooNew = "too_new"

    /// Nil for a time that is believed.
    init?(_ time: Instant, latest: Instant) {
        if time > latest || time >= Instant.believable.upperBound {
            self = .tooNew
        } else if time < Instant.believable.lowerBound {
            self = .tooOld
        } else {
            return nil
        }
    }
}
