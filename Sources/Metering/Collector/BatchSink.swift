package import Kafka
package import Logging
import Synchronization

/// Where batches go: the topic `samples`.
///
/// A protocol, so that tests can script a broker that is away.
package protocol BatchSink: Sendable {
    /// Sends one batch and waits for its fate, but not once the task is cancelled.
    func send(_ batch: [UInt8], key: [UInt8]) async -> SendOutcome

    /// Gives back what sending took; nothing is sent after it.
    func close() async
}

/// What became of a batch.
package enum SendOutcome: Sendable {
    case acknowledged
    /// It may or may not have arrived; to be sent again.
    case failed(any Error)
    /// It will never be taken.
    case refused(any Error)
}

/// Sends batches to a Kafka topic, one at a time.
///
/// One at a time because a batch that is sent again after a later one arrived would look to the reader like one that it has
/// seen. A producer that had a fatal error is replaced.
package final class KafkaSink: BatchSink {
    private let topic: String
    private let settings: ProducerSettings
    private let logger: Logger
    private let producer = Mutex<Producer?>(nil)

    /// For what is queued when the collector stops; what it leaves is still in the spool.
    private static let closeLimit = Duration.seconds(2)

    package init(topic: String, settings: ProducerSettings, logger: Logger) {
        self.topic = topic
        self.settings = settings
        self.logger = logger
    }

    package func send(_ batch: [UInt8], key: [UInt8]) async -> SendOutcome {
        let current: Producer
        do throws(KafkaError) {
            current = try usableProducer()
        } catch {
            return .failed(error)
        }
        switch await current.send(OutgoingMessage(topic: topic, key: key, value: batch)) {
        case .success: return .acknowledged
        case .failure(let error) where error.code == .messageTooLarge: return .refused(error)
        case .failure(let error):
            if current.fatalError != nil { await close() }
            return .failed(error)
        }
    }

    package func close() async {
        let current = producer.withLock { producer in
            defer { producer = nil }
            return producer
        }
        await current?.close(within: Self.closeLimit)
    }

    private func usableProducer() throws(KafkaError) -> Producer {
        if let current = producer.withLock({ $0 }) { return current }
        let made = try Producer(settings, logger: logger)
        producer.withLock { $0 = made }
        return made
    }
}
