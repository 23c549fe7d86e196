internal import CRdKafka

/// One partition of a topic.
package struct TopicPartition: Hashable, Sendable {
    package let topic: String
    package let partition: Int32

    package init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }
}

extension TopicPartition: CustomStringConvertible {
    package var description: String { "\(topic)/\(partition)" }
}

extension TopicPartition: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}

/// Where reading of a partition begins.
package enum StartOffset: Hashable, Sendable {
    /// The message with this offset, or the first one after it.
    case at(Int64)
    /// The oldest message that the broker still has.
    case earliest
    /// Behind the newest message.
    case latest

    var raw: Int64 {
        switch self {
        case .at(let offset): offset
        case .earliest: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .latest: Int64(RD_KAFKA_OFFSET_END)
        }
    }
}

/// The offsets between which a broker holds a partition: `low` is the oldest message, `high` one past the newest.
package struct Watermarks: Hashable, Sendable {
    package let low: Int64
    package let high: Int64

    package init(low: Int64, high: Int64) {
        self.low = low
        self.high = high
    }
}
