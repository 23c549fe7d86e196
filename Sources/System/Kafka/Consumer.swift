internal import CRdKafka
package import Logging
internal import Threading

/// A member of a consumer group, on a thread of its own.
///
/// Reading follows the owner's offsets, not the broker's: after `.assigned` nothing is read until `start` says from where,
/// and committed offsets are only a hint for onlookers. All of it, callbacks included, runs on the own thread; a poll
/// keeps that thread busy for as long as it may wait. `close` must be called.
package actor Consumer {
    private let executor: ThreadExecutor
    private let inbox: ConsumerInbox
    private var client: OpaquePointer?
    /// Names of topics by librdkafka's handle, so that no text is made per message.
    private var topics: [OpaquePointer: String] = [:]

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(_ settings: ConsumerSettings, logger: Logger) throws(KafkaError) {
        let inbox = ConsumerInbox(log: ClientLog(logger: logger))
        let configuration = try ClientConfiguration(settings.properties)
        configuration.register { inbox.register($0) }
        let client = try configuration.makeClient(.consumer)
        executor = try ThreadExecutor(name: "kafka-consumer", serving: client)
        // Errors and log lines then arrive in the poll as well, not in a second queue.
        rd_kafka_poll_set_consumer(client)
        rd_kafka_set_log_queue(client, nil)
        self.inbox = inbox
        self.client = client
    }

    isolated deinit {
        // Without `close` the member does not leave the group; the broker notices after the session timeout.
        if let client { rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) }
        executor.shutdown()
    }

    /// Joins the group for these topics.
    ///
    /// A topic that starts with `^` is a regular expression.
    package func subscribe(_ topics: [String]) throws(KafkaError) {
        let client = try open("subscribe")
        try KafkaError.check(PartitionList(topics: topics)({ rd_kafka_subscribe(client, $0) }), "subscribe")
    }

    /// Waits for messages or for news of the group, and lets `body` see the messages where they lie.
    ///
    /// One kind of thing at a time, in the order in which it happened. The messages are freed when `body` returns. What
    /// `body` throws is thrown; the position has moved behind the messages all the same.
    package func poll<Result: Sendable>(
        _ limit: PollLimit, _ body: (borrowing MessageBatch) throws -> Result
    ) throws -> Polled<Result> {
        let client = try open("poll")
        if let event = inbox.next() { return Polled(event) }
        let batch = collect(client, limit)
        guard batch.isEmpty else { return .messages(try body(batch)) }
        return inbox.next().map { Polled($0) } ?? .nothing
    }

    /// Begins to read an assignment, each partition from the offset given; also moves all of it later.
    ///
    /// Partitions that are not named stay unread. Answers false where the group has moved on since.
    package func start(_ assignment: Assignment, at offsets: [TopicPartition: StartOffset]) throws(KafkaError) -> Bool {
        let client = try open("assign")
        guard inbox.assignment == assignment else { return false }
        // Handles of topics that are read no more may have been freed, and their addresses used again.
        topics = [:]
        let known = offsets.filter { assignment.partitions.contains($0.key) }
        try KafkaError.check(PartitionList(known.mapValues(\.raw))({ rd_kafka_assign(client, $0) }), "assign")
        return true
    }

    /// Moves within partitions that are being read.
    package func seek(_ offsets: [TopicPartition: StartOffset], within limit: Duration) throws(KafkaError) {
        let client = try open("seek")
        let list = PartitionList(offsets.mapValues(\.raw))
        if let error = list({ rd_kafka_seek_partitions(client, $0, limit.milliseconds) }) {
            throw KafkaError(consuming: error, operation: "seek")
        }
        try list.checkEach("seek")
    }

    /// Stops reading partitions for a while; messages already fetched are dropped and read again.
    package func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let client = try open("pause")
        let list = PartitionList(partitions)
        try KafkaError.check(list({ rd_kafka_pause_partitions(client, $0) }), "pause")
        try list.checkEach("pause")
    }

    package func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let client = try open("resume")
        let list = PartitionList(partitions)
        try KafkaError.check(list({ rd_kafka_resume_partitions(client, $0) }), "resume")
        try list.checkEach("resume")
    }

    /// The offset after the last message that a poll gave, per partition; partitions without one are left out.
    package func position(of partitions: [TopicPartition]) throws(KafkaError) -> [TopicPartition: Int64] {
        let client = try open("position")
        let list = PartitionList(partitions)
        try KafkaError.check(list({ rd_kafka_position(client, $0) }), "position")
        return list.offsets
    }

    /// The watermarks as the last fetch told them, without asking the broker; nil before the first one.
    package func watermarks(of partition: TopicPartition) throws(KafkaError) -> Watermarks? {
        _ = try open("watermarks")
        return known(partition)
    }

    private func known(_ partition: TopicPartition) -> Watermarks? {
        guard let client else { return nil }
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(client, partition.topic, partition.partition, &low, &high)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
        return Watermarks(low: max(0, low), high: high)
    }

    /// The watermarks of several partitions, without those that are not known yet; nil once the consumer is closed.
    package func watermarks(of partitions: [TopicPartition]) -> [TopicPartition: Watermarks]? {
        guard client != nil else { return nil }
        var found: [TopicPartition: Watermarks] = [:]
        for partition in partitions { found[partition] = known(partition) }
        return found
    }

    /// Tells the group's coordinator how far this member is.
    ///
    /// A hint for onlookers, sent without waiting.
    package func commit(_ offsets: [TopicPartition: Int64]) throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        let client = try open("commit")
        try KafkaError.check(PartitionList(offsets)({ rd_kafka_commit(client, $0, 1) }), "commit")
    }

    /// librdkafka's newest statistics, a JSON document; nil unless `statisticsInterval` asks for them.
    package var statistics: String? { inbox.statistics }

    /// How many errors were dropped because nobody polled for them.
    package var droppedErrors: Int { inbox.droppedErrors }

    /// Leaves the group; calling it again does nothing.
    ///
    /// Takes a few round trips, or five seconds (librdkafka's limit) where the group is just being formed and the broker
    /// keeps the member's request to join.
    package func close() {
        guard let client else { return }
        self.client = nil
        rd_kafka_consumer_close(client)
        rd_kafka_destroy(client)
        inbox.clear()
        topics = [:]
    }

    // MARK: own thread

    private func open(_ operation: String) throws(KafkaError) -> OpaquePointer {
        guard let client else { throw KafkaError(code: .closed, operation: operation) }
        return client
    }

    /// Takes messages one by one, which is what lets a poll end at a number of bytes; librdkafka fetches them in large
    /// requests all the same.
    private func collect(_ client: OpaquePointer, _ limit: PollLimit) -> MessageBatch {
        var batch = MessageBatch()
        var deadline = ContinuousClock.now + limit.wait
        while batch.count < limit.messages, batch.byteCount < limit.bytes, inbox.events.isEmpty {
            let wait = max(.zero, ContinuousClock.now.duration(to: deadline))
            guard let message = rd_kafka_consumer_poll(client, wait.milliseconds) else {
                if wait == .zero { break }
                continue
            }
            guard let incoming = accept(message) else { continue }
            if batch.isEmpty { deadline = .now + limit.fill }
            batch.append(incoming)
        }
        for case .revoked(let partitions, _) in inbox.events { batch.discard(Set(partitions)) }
        return batch
    }

    /// The message, or nil where it was an error in a message's clothes.
    private func accept(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> IncomingMessage? {
        let topic = message.pointee.rkt.map { name($0) } ?? ""
        let source = TopicPartition(topic, message.pointee.partition)
        guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let text = rd_kafka_message_errstr(message).map { String(cString: $0) }
            let code = KafkaErrorCode(message.pointee.err)
            inbox.fail(KafkaError(code: code, operation: "consume", message: text, partition: source))
            rd_kafka_message_destroy(message)
            return nil
        }
        return IncomingMessage(pointer: message, source: source)
    }

    private func name(_ topic: OpaquePointer) -> String {
        if let name = topics[topic] { return name }
        let name = String(cString: rd_kafka_topic_name(topic))
        topics[topic] = name
        return name
    }
}

extension Polled {
    init(_ event: ConsumerEvent) {
        switch event {
        case .assigned(let assignment): self = .assigned(assignment)
        case .revoked(let partitions, let isLost): self = .revoked(partitions, isLost: isLost)
        case .failed(let error): self = .failed(error)
        }
    }
}
