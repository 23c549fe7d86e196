internal import CRdKafka

/// A list of partitions with offsets in librdkafka's memory, freed with this value.
struct PartitionList: ~Copyable {
    private let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: some Collection<TopicPartition>) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
        for partition in partitions {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
        }
    }

    init(_ offsets: [TopicPartition: Int64]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))
        for (partition, offset) in offsets {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition).pointee.offset = offset
        }
    }

    init(topics: [String]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: topics.count))
        for topic in topics {
            rd_kafka_topic_partition_list_add(pointer, topic, RD_KAFKA_PARTITION_UA)
        }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    /// Lends the list to a call of librdkafka.
    ///
    /// The list lives until `body` returns, which a copy of the pointer would not ensure: a value that can't be copied
    /// goes right after its last use.
    func callAsFunction<Result>(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Result) -> Result {
        body(pointer)
    }

    /// The offsets that an operation filled in, without the partitions where it could not.
    var offsets: [TopicPartition: Int64] {
        let known = pointer.elements.filter { $0.err == RD_KAFKA_RESP_ERR_NO_ERROR && $0.offset >= 0 }
        return Dictionary(known.map { (TopicPartition($0), $0.offset) }, uniquingKeysWith: { $1 })
    }

    /// Throws the first error that an operation noted beside a partition.
    func checkEach(_ operation: String) throws(KafkaError) {
        for element in pointer.elements where element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(
                code: KafkaErrorCode(element.err), operation: operation, partition: TopicPartition(element))
        }
    }
}

extension UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
    var elements: UnsafeBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeBufferPointer(start: pointee.elems, count: Int(pointee.cnt))
    }
}

extension TopicPartition {
    init(_ element: rd_kafka_topic_partition_t) {
        self.init(String(cString: element.topic), element.partition)
    }
}
