/// A message to be sent.
package struct OutgoingMessage: Hashable, Sendable {
    package var topic: String
    /// Messages with the same key go to the same partition, in order.
    package var key: [UInt8]?
    package var value: [UInt8]
    package var headers: [MessageHeader]
    /// The partition; nil lets the key choose.
    package var partition: Int32?

    package init(
        topic: String, key: [UInt8]? = nil, value: [UInt8], headers: [MessageHeader] = [], partition: Int32? = nil
    ) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
        self.partition = partition
    }
}

/// A named value that travels beside a message.
package struct MessageHeader: Hashable, Sendable {
    package let name: String
    package let value: [UInt8]

    package init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ text: String) {
        self.init(name, Array(text.utf8))
    }
}

/// Where a broker stored a message.
package struct Delivery: Hashable, Sendable {
    package let partition: TopicPartition
    /// The message's offset; nil where a retried request was acknowledged without saying it.
    package let offset: Int64?
}

/// What became of a message: acknowledged by all replicas in sync, or the reason why not.
package typealias DeliveryResult = Result<Delivery, KafkaError>
