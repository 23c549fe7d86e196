internal import CRdKafka
internal import Threading

/// Makes, describes and deletes topics, on a thread of its own.
///
/// What fails for one topic is a value; what fails for the call is thrown. Each call waits up to `timeout`.
package actor Admin {
    private let executor: ThreadExecutor
    private let client: OpaquePointer
    private let queue: OpaquePointer
    private let timeout: Duration

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(_ settings: ClientSettings, timeout: Duration = .seconds(10)) throws(KafkaError) {
        // No log queue: nobody would read it, and failures of a call are in its answer.
        let properties = settings.common.filter { $0.0 != "log.queue" } + [("log_level", "0")]
        client = try ClientConfiguration(properties).makeClient(.producer)
        executor = try ThreadExecutor(name: "kafka-admin", serving: client)
        queue = rd_kafka_queue_new(client)
        self.timeout = timeout
    }

    isolated deinit {
        rd_kafka_queue_destroy(queue)
        rd_kafka_destroy(client)
        executor.shutdown()
    }

    /// Makes topics; the answer names those that were not made.
    ///
    /// `.topicAlreadyExists` is often no harm.
    package func createTopics(_ topics: [TopicSpecification]) throws(KafkaError) -> [String: KafkaError] {
        guard !topics.isEmpty else { return [:] }
        var requests: [OpaquePointer?] = []
        defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
        for topic in topics { requests.append(try Self.newTopic(topic)) }
        let options = try options(RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_CreateTopics(client, &requests, requests.count, options, queue)
        return try answer("create topics") { event in
            var count = 0
            return Self.failures(rd_kafka_CreateTopics_result_topics(event, &count), count, "create topic")
        }
    }

    /// Deletes topics; the answer names those that were not deleted.
    package func deleteTopics(_ names: [String]) throws(KafkaError) -> [String: KafkaError] {
        guard !names.isEmpty else { return [:] }
        var requests: [OpaquePointer?] = names.map { rd_kafka_DeleteTopic_new($0) }
        defer { for request in requests { rd_kafka_DeleteTopic_destroy(request) } }
        let options = try options(RD_KAFKA_ADMIN_OP_DELETETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_DeleteTopics(client, &requests, requests.count, options, queue)
        return try answer("delete topics") { event in
            var count = 0
            return Self.failures(rd_kafka_DeleteTopics_result_topics(event, &count), count, "delete topic")
        }
    }

    /// All topics of the cluster, sorted by name.
    package func topics() throws(KafkaError) -> [TopicDescription] {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try KafkaError.check(rd_kafka_metadata(client, 1, nil, &metadata, timeout.milliseconds), "describe topics")
        guard let metadata else { return [] }
        defer { rd_kafka_metadata_destroy(metadata) }
        let topics = UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
        return topics.map { TopicDescription($0) }.sorted { $0.name < $1.name }
    }

    /// One topic; nil where the cluster has none of this name.
    ///
    /// Asks for all, because asking for one may create it.
    package func topic(_ name: String) throws(KafkaError) -> TopicDescription? {
        try topics().first { $0.name == name }
    }

    /// The properties of a topic, defaults included.
    package func configuration(of topic: String) throws(KafkaError) -> [String: String] {
        var resource: OpaquePointer? = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        let options = try options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_DescribeConfigs(client, &resource, 1, options, queue)
        return try answer("describe topic") { event throws(KafkaError) in
            var count = 0
            guard let resources = rd_kafka_DescribeConfigs_result_resources(event, &count), count == 1,
                let answer = resources[0]
            else { return [:] }
            try KafkaError.check(rd_kafka_ConfigResource_error(answer), "describe topic")
            return Self.entries(answer)
        }
    }

    /// The watermarks of a partition, asked from its leader.
    package func watermarks(of partition: TopicPartition) throws(KafkaError) -> Watermarks {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_query_watermark_offsets(
            client, partition.topic, partition.partition, &low, &high, timeout.milliseconds)
        try KafkaError.check(code, "query watermarks", partition: partition)
        return Watermarks(low: low, high: high)
    }

    // MARK: own thread

    private func options(_ operation: rd_kafka_admin_op_t) throws(KafkaError) -> OpaquePointer? {
        let options = rd_kafka_AdminOptions_new(client, operation)
        let result = withErrorText { text, size in
            rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, text, size)
        }
        guard result.value == RD_KAFKA_RESP_ERR_NO_ERROR else {
            rd_kafka_AdminOptions_destroy(options)
            throw KafkaError(code: KafkaErrorCode(result.value), operation: "set timeout", message: result.text)
        }
        return options
    }

    /// Waits for the answer to the one request that is under way.
    private func answer<Result>(
        _ operation: String, _ read: (OpaquePointer) throws(KafkaError) -> Result
    ) throws(KafkaError) -> Result {
        // librdkafka answers every request, at the latest when its timeout has passed; the rest is for its own latency.
        guard let event = rd_kafka_queue_poll(queue, (timeout + .seconds(5)).milliseconds) else {
            throw KafkaError(code: .timedOut, operation: operation)
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(
                code: KafkaErrorCode(code), operation: operation,
                message: rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        return try read(event)
    }

    private static func newTopic(_ topic: TopicSpecification) throws(KafkaError) -> OpaquePointer {
        let result = withErrorText { text, size in
            rd_kafka_NewTopic_new(
                topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replicas ?? -1), text, size)
        }
        guard let request = result.value else {
            throw KafkaError(code: .invalidArgument, operation: "create topic \(topic.name)", message: result.text)
        }
        for (name, value) in topic.configuration {
            let code = rd_kafka_NewTopic_set_config(request, name, value)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                rd_kafka_NewTopic_destroy(request)
                throw KafkaError(code: KafkaErrorCode(code), operation: "set \(name) of topic \(topic.name)")
            }
        }
        return request
    }

    private static func failures(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ operation: String
    ) -> [String: KafkaError] {
        var failures: [String: KafkaError] = [:]
        for result in UnsafeBufferPointer(start: results, count: results == nil ? 0 : count) {
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            let text = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
            failures[String(cString: rd_kafka_topic_result_name(result))] = KafkaError(
                code: KafkaErrorCode(code), operation: operation, message: text)
        }
        return failures
    }

    private static func entries(_ resource: OpaquePointer) -> [String: String] {
        var count = 0
        let list = rd_kafka_ConfigResource_configs(resource, &count)
        var entries: [String: String] = [:]
        for entry in UnsafeBufferPointer(start: list, count: list == nil ? 0 : count) {
            guard let name = rd_kafka_ConfigEntry_name(entry), let value = rd_kafka_ConfigEntry_value(entry) else {
                continue
            }
            entries[String(cString: name)] = String(cString: value)
        }
        return entries
    }
}

extension TopicDescription {
    init(_ topic: rd_kafka_metadata_topic) {
        let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
        self.init(
            name: String(cString: topic.topic),
            partitions: partitions.map { PartitionDescription($0) }.sorted { $0.id < $1.id })
    }
}

extension PartitionDescription {
    init(_ partition: rd_kafka_metadata_partition) {
        self.init(
            id: partition.id, leader: partition.leader >= 0 ? partition.leader : nil,
            replicas: Array(UnsafeBufferPointer(start: partition.replicas, count: Int(partition.replica_cnt))),
            inSyncReplicas: Array(UnsafeBufferPointer(start: partition.isrs, count: Int(partition.isr_cnt))))
    }
}
