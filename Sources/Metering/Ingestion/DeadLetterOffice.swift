import Kafka
import Logging
import ServiceKit

/// Sends dead letters, and returns only once the broker has them.
struct DeadLetterOffice: Sendable {
    let producer: Producer
    let topic: String
    let instruments: IngestionInstruments
    let logger: Logger

    /// What is kept of a message that is too large for the dead-letter topic: enough to see what it was.
    static let truncatedSize = 64 << 10

    /// Delivers letters in order.
    ///
    /// - Throws: the first `KafkaError`; letters of the same call may have been delivered, and come again when it is repeated.
    func deliver(_ letters: [DeadLetter]) async throws(KafkaError) {
        guard !letters.isEmpty else { return }
        let results = await producer.send(letters.map { $0.message(for: topic) })
        for (letter, result) in zip(letters, results) {
            switch result {
            case .success: break
            case .failure(let error) where error.code == .messageTooLarge: try await deliverTruncated(letter)
            case .failure(let error): throw error
            }
            note(letter)
        }
    }

    private func deliverTruncated(_ letter: DeadLetter) async throws(KafkaError) {
        _ = try await producer.send(letter.message(for: topic, valueLimit: Self.truncatedSize)).get()
    }

    private func note(_ letter: DeadLetter) {
        instruments.failed[letter.reason].add()
        // A conflicting duplicate may be a billing matter, and only a human can tell which of the two is true.
        logger.log(
            level: letter.reason == .conflictingDuplicate ? .error : .warning, "Message dead-lettered",
            metadata: [
                "kafka.topic": "\(letter.source.topic)", "kafka.partition": "\(letter.source.partition)",
                "kafka.offset": "\(letter.offset)", "reason": "\(letter.reason.rawValue)",
                "explanation": "\(letter.explanation)",
            ])
    }
}
