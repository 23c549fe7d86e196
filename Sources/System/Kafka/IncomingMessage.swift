internal import CRdKafka

/// A received message, seen in librdkafka's memory.
///
/// Valid only inside the closure that `Consumer.poll` lends it to; it is not Sendable, so that it can't leave it.
package struct IncomingMessage {
    let pointer: UnsafeMutablePointer<rd_kafka_message_t>
    package let source: TopicPartition

    package var offset: Int64 { pointer.pointee.offset }

    /// The value's bytes, not copied; empty for a message without a value.
    package var value: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pointer.pointee.payload, count: pointer.pointee.len)
    }

    /// The key's bytes, not copied; nil for a message without a key.
    package var key: UnsafeRawBufferPointer? {
        guard let key = pointer.pointee.key else { return nil }
        return UnsafeRawBufferPointer(start: key, count: pointer.pointee.key_len)
    }

    /// When the producer or the broker stamped it, in milliseconds since 1970; nil where it has no stamp.
    package var timestampMilliseconds: Int64? {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(pointer, &kind)
        return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : time
    }

    /// The headers, copied.
    package func headers() -> [MessageHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(pointer, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [MessageHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            let bytes = UnsafeRawBufferPointer(start: value, count: size)
            headers.append(MessageHeader(name.map { String(cString: $0) } ?? "", Array(bytes)))
        }
        return headers
    }
}

/// The messages of one poll, in the order of each partition.
///
/// Frees them when it goes.
package struct MessageBatch: ~Copyable {
    private var messages: [IncomingMessage] = []
    /// The sum of the sizes of the values.
    package private(set) var byteCount = 0

    init() {}

    deinit {
        for message in messages { rd_kafka_message_destroy(message.pointer) }
    }

    package var count: Int { messages.count }
    package var isEmpty: Bool { messages.isEmpty }
    package subscript(index: Int) -> IncomingMessage { messages[index] }

    mutating func append(_ message: IncomingMessage) {
        messages.append(message)
        byteCount += message.pointer.pointee.len
    }

    /// Frees the messages of these partitions.
    mutating func discard(_ partitions: Set<TopicPartition>) {
        for message in messages where partitions.contains(message.source) {
            byteCount -= message.pointer.pointee.len
            rd_kafka_message_destroy(message.pointer)
        }
        messages.removeAll { partitions.contains($0.source) }
    }
}
