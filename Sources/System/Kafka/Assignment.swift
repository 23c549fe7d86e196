/// The partitions that the group gave to a consumer.
package struct Assignment: Hashable, Sendable {
    /// Tells apart assignments of one consumer; rises.
    package let generation: Int
    package let partitions: [TopicPartition]

    package init(generation: Int, partitions: [TopicPartition]) {
        self.generation = generation
        self.partitions = partitions
    }
}

/// What one poll brought.
package enum Polled<Result: Sendable>: Sendable {
    /// Messages came, and this is what the closure made of them.
    case messages(Result)
    /// The group gave these partitions. Nothing is read until `Consumer.start` says from where.
    case assigned(Assignment)
    /// The group took these partitions, and what was fetched from them is gone. `isLost` says that another member may
    /// have them already.
    case revoked([TopicPartition], isLost: Bool)
    /// Something failed that librdkafka may repair by itself (see the code), or a partition can't be read.
    case failed(KafkaError)
    /// Nothing came in time.
    case nothing
}

extension Polled: Equatable where Result: Equatable {}
