internal import CRdKafka
internal import Logging

/// What librdkafka's callbacks leave for the consumer.
///
/// They do nothing else than fill it.
///
/// SAFETY: librdkafka calls back only from `rd_kafka_consumer_poll` and `rd_kafka_consumer_close` (with `log.queue`, log
/// lines too), which the consumer calls on its own thread alone; so no lock is needed. The consumer holds the inbox
/// longer than the handle that points to it.
final class ConsumerInbox {
    private(set) var events: [ConsumerEvent] = []
    /// How many errors were thrown away because nobody polled them.
    private(set) var droppedErrors = 0
    /// Counts assignments, so that an answer to an outdated one is recognised.
    private(set) var generation = 0
    /// What the group gave this member last; nil while it has nothing.
    private(set) var assignment: Assignment?
    /// librdkafka's newest statistics, a JSON document.
    private(set) var statistics: String?
    private let log: ClientLog

    /// Errors repeat while a cluster is away; older ones are dropped beyond this many.
    private static let errorLimit = 64

    init(log: ClientLog) {
        self.log = log
    }

    func next() -> ConsumerEvent? {
        events.isEmpty ? nil : events.removeFirst()
    }

    func fail(_ error: KafkaError) {
        let isError = { (event: ConsumerEvent) in if case .failed = event { true } else { false } }
        if events.count(where: isError) >= Self.errorLimit, let oldest = events.firstIndex(where: isError) {
            events.remove(at: oldest)
            droppedErrors += 1
        }
        events.append(.failed(error))
    }

    func assigned(_ partitions: [TopicPartition]) {
        generation += 1
        let assignment = Assignment(generation: generation, partitions: partitions.sorted())
        self.assignment = assignment
        events.append(.assigned(assignment))
    }

    func revoked(_ partitions: [TopicPartition], isLost: Bool) {
        assignment = nil
        // An assignment that was never taken up need not be reported.
        events.removeAll { if case .assigned = $0 { true } else { false } }
        events.append(.revoked(partitions.sorted(), isLost: isLost))
    }

    func logged(level: Int32, facility: String, text: String) {
        log.line(level: level, facility: facility, text: text)
    }

    func clear() {
        assignment = nil
        events = []
    }

    /// Registers the callbacks, with this inbox as their argument.
    func register(_ configuration: OpaquePointer) {
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_rebalance_cb(configuration) { client, code, partitions, opaque in
            guard let client, let inbox = ConsumerInbox.from(opaque) else { return }
            inbox.rebalance(client, code, partitions)
        }
        rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
            let error = KafkaError(
                code: KafkaErrorCode(rawValue: code), operation: "consume", message: reason.map { String(cString: $0) })
            ConsumerInbox.from(opaque)?.fail(error)
        }
        rd_kafka_conf_set_stats_cb(configuration) { _, text, length, opaque in
            let bytes = UnsafeRawBufferPointer(start: text, count: length)
            ConsumerInbox.from(opaque)?.statistics = String(decoding: bytes, as: UTF8.self)
            // Zero leaves the text to librdkafka, which frees it.
            return 0
        }
        rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
            guard let client, let opaque = rd_kafka_opaque(client) else { return }
            ConsumerInbox.from(opaque)?.logged(
                level: level, facility: facility.map { String(cString: $0) } ?? "",
                text: text.map { String(cString: $0) } ?? "")
        }
    }

    private static func from(_ opaque: UnsafeMutableRawPointer?) -> ConsumerInbox? {
        opaque.map { Unmanaged<ConsumerInbox>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Takes note of a rebalance.
    ///
    /// New partitions are not taken up yet (librdkafka waits, fetching nothing, until the consumer calls assign), lost
    /// ones are given up at once.
    private func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        let list = partitions?.elements.map { TopicPartition($0) } ?? []
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            assigned(list)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            revoked(list, isLost: rd_kafka_assignment_lost(client) != 0)
            giveUp(client)
        default:
            fail(KafkaError(code: KafkaErrorCode(code), operation: "rebalance"))
            giveUp(client)
        }
        // Lets the poll that is under way return, so that the event is not kept waiting.
        rd_kafka_yield(client)
    }

    private func giveUp(_ client: OpaquePointer) {
        let code = rd_kafka_assign(client, nil)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        fail(KafkaError(code: KafkaErrorCode(code), operation: "unassign"))
    }
}

/// Something that a consumer must know before it reads on.
enum ConsumerEvent {
    case assigned(Assignment)
    case revoked([TopicPartition], isLost: Bool)
    case failed(KafkaError)
}
