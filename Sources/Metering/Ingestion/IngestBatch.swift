package import Kafka
package import MetricStore
package import Telemetry
package import Usage

/// The messages of one poll, converted: what one transaction stores.
package struct IngestBatch: Sendable {
    package var messages: [ConvertedMessage]

    package init(_ messages: [ConvertedMessage]) { self.messages = messages }

    /// The offset behind the last message of each partition.
    package var nextOffsets: [TopicPartition: Int64] {
        Dictionary(messages.map { ($0.source, $0.offset + 1) }, uniquingKeysWith: max)
    }

    package var isEmpty: Bool { messages.isEmpty }

    /// Both halves, in their order.
    ///
    /// Storing one after the other is the same as storing the whole.
    var halves: (IngestBatch, IngestBatch) {
        let middle = messages.count / 2
        return (IngestBatch(Array(messages[..<middle])), IngestBatch(Array(messages[middle...])))
    }

    /// The dead letters that are still to be sent.
    var undeliveredLetters: [DeadLetter] {
        messages.compactMap { message in
            guard case .dead(let letter, isDelivered: false) = message.content else { return nil }
            return letter
        }
    }

    mutating func markDelivered() {
        for place in messages.indices {
            guard case .dead(let letter, isDelivered: false) = messages[place].content else { continue }
            messages[place].content = .dead(letter, isDelivered: true)
        }
    }

    /// Turns a message into a dead letter; false where it is one already.
    @discardableResult
    mutating func refuse(_ place: Int, _ reason: DeadLetterReason, _ explanation: String) -> Bool {
        if case .dead = messages[place].content { return false }
        messages[place].content = .dead(messages[place].deadLetter(reason, explanation), isDelivered: false)
        return true
    }
}

/// A message and what it says.
package struct ConvertedMessage: Sendable {
    package let source: TopicPartition
    package let offset: Int64
    package let key: [UInt8]?
    /// The original bytes, for the dead-letter topic.
    package let value: [UInt8]
    package var content: Content

    package enum Content: Sendable {
        case batch(ConvertedBatch)
        case notification(ConvertedNotification)
        /// Nothing to store; to be dead-lettered first unless that is done.
        case dead(DeadLetter, isDelivered: Bool)
    }

    func deadLetter(_ reason: DeadLetterReason, _ explanation: String) -> DeadLetter {
        DeadLetter(
            source: source, offset: offset, reason: reason, explanation: explanation, key: key, value: value)
    }
}

/// A collector's batch.
package struct ConvertedBatch: Sendable {
    package let name: AgentSequenceStore.BatchName
    package let polledAt: Instant
    package let resources: [MeasuredResource]
    /// For those who look at whole batches, such as the host-load feed.
    package let batch: SampleBatch
}

/// What a notification says.
package struct ConvertedNotification: Sendable {
    package let fingerprint: MessageFingerprint
    package let event: Event?
    package let facts: [UsageFact]
    /// What the event tells about a resource.
    package let observation: ResourceObservation?
    /// Resources that end because this one does.
    package let ends: [AssociatedEnd]
    package let resources: [MeasuredResource]
}

/// A resource with its readings, ready to be interned.
package struct MeasuredResource: Sendable {
    package let observation: ResourceObservation
    /// The meters that the readings refer to; shared by all resources of a message.
    package let meters: [BatchMeter]
    package let readings: [Reading]

    package struct Reading: Sendable {
        /// An index into `meters`.
        package let meter: Int
        package let timestamp: Instant
        package let value: Double
    }
}
