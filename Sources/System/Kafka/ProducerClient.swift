internal import CRdKafka
internal import Logging
import Synchronization
internal import Threading

/// The librdkafka handle of a producer, and the thread that takes its delivery reports.
///
/// Messages are handed over on any thread, under the lock; reports, errors and log lines arrive on the own thread alone.
/// The thread holds this object, so that the handle lives until `stop` was asked for and every message is settled.
///
/// SAFETY: librdkafka's handles may be used from any thread. `client` and `queue` are constants that the own thread
/// destroys as its last act; `state.isStopping`, set under the lock before that, keeps every other thread away from them.
final class ProducerClient: @unchecked Sendable {
    private let client: OpaquePointer
    private let queue: OpaquePointer
    private let log: ClientLog
    private let state = Mutex(State())

    private struct State {
        var pending = PendingDeliveries()
        var isStopping = false
        var isGone = false
        var fatalError: KafkaError?
        var statistics: String?
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private static let events =
        RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS

    /// How long the thread sleeps at most when nothing happens; every state change wakes it.
    private static let idleWait: Duration = .seconds(1)

    init(_ settings: ProducerSettings, logger: Logger) throws(KafkaError) {
        let configuration = try ClientConfiguration(settings.properties)
        configuration.register { conf in
            rd_kafka_conf_set_events(conf, Self.events)
        }
        client = try configuration.makeClient(.producer)
        let executor = try ThreadExecutor(name: "kafka-producer", serving: client)
        queue = rd_kafka_queue_get_main(client)
        rd_kafka_set_log_queue(client, nil)
        log = ClientLog(logger: logger)
        // The thread holds this object until it has served its last report.
        executor.perform {
            self.serve()
            executor.shutdown()
        }
    }

    // MARK: any thread

    /// Hands messages over in order.
    ///
    /// The first one that finds the queue full takes all later ones of the call with it, so that what was accepted is
    /// always a prefix.
    func send(_ messages: [OutgoingMessage], _ send: PendingSend) {
        let isSettled = state.withLock { state -> Bool in
            var refusal = refusal(state)
            var isSettled = false
            for (index, message) in messages.enumerated() {
                let ticket = state.pending.admit(send, index)
                if refusal == nil, let error = produce(message, ticket) {
                    isSettled = state.pending.settle(ticket, .failure(error)) != nil
                    if error.code == .queueFull { refusal = error }
                    if error.code == .fatal { state.fatalError = error }
                } else if let refusal {
                    isSettled = state.pending.settle(ticket, .failure(refusal)) != nil
                }
            }
            return isSettled
        }
        if isSettled { send.resume() }
    }

    /// Waits until nothing is outstanding or the deadline has passed; answers how many messages are still outstanding.
    func flush(until deadline: ContinuousClock.Instant) async -> Int {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state -> Bool in
                guard state.pending.count > 0, !state.isGone else { return false }
                state.pending.wait(continuation, until: deadline)
                // Under the lock, because the queue is destroyed once the thread has seen `isStopping`.
                rd_kafka_queue_yield(queue)
                return true
            }
            if !mustWait { continuation.resume(returning: 0) }
        }
    }

    /// Ends the thread; messages that are not yet acknowledged are settled as purged.
    func stop() async {
        await withCheckedContinuation { continuation in
            let isGone = state.withLock { state -> Bool in
                guard !state.isGone else { return true }
                state.stopWaiters.append(continuation)
                requestStop(&state)
                return false
            }
            if isGone { continuation.resume() }
        }
    }

    /// As `stop`, without waiting.
    func abandon() {
        state.withLock { requestStop(&$0) }
    }

    private func requestStop(_ state: inout State) {
        guard !state.isStopping else { return }
        state.isStopping = true
        rd_kafka_queue_yield(queue)
    }

    var outstanding: Int { state.withLock { $0.pending.count } }
    var fatalError: KafkaError? { state.withLock { $0.fatalError } }
    var statistics: String? { state.withLock { $0.statistics } }

    private func refusal(_ state: borrowing State) -> KafkaError? {
        if let error = state.fatalError { return error }
        return state.isStopping ? KafkaError(code: .closed, operation: "produce") : nil
    }

    // MARK: with the lock held

    /// Queues one message; nil where librdkafka took it.
    private func produce(_ message: OutgoingMessage, _ ticket: UInt) -> KafkaError? {
        let headers = message.headers.isEmpty ? nil : Self.headers(message.headers)
        let error = message.topic.withCString { topic in
            message.value.withUnsafeBytes { value in
                withOptionalBytes(message.key) { key in
                    var fields = MessageFields()
                    fields.topic(topic)
                    if let partition = message.partition { fields.partition(partition) }
                    fields.value(value)
                    if let key { fields.key(key) }
                    if let headers { fields.headers(headers) }
                    fields.ticket(ticket)
                    return fields.produce(client)
                }
            }
        }
        guard let error else { return nil }
        // On failure the headers stay ours.
        if let headers { rd_kafka_headers_destroy(headers) }
        let failure = KafkaError(consuming: error, operation: "produce")
        return failure.code == .fatal ? currentFatalError() ?? failure : failure
    }

    private static func headers(_ headers: [MessageHeader]) -> OpaquePointer? {
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            header.value.withUnsafeBytes { value in
                // Only transactional control could refuse here; a name and bytes always fit.
                _ = rd_kafka_header_add(list, header.name, -1, value.baseAddress, value.count)
            }
        }
        return list
    }

    // MARK: own thread

    private func serve() {
        while !state.withLock({ $0.isStopping }) {
            take(rd_kafka_queue_poll(queue, nextWait().milliseconds))
            resumeFlushes()
        }
        rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        while outstanding > 0 {
            take(rd_kafka_queue_poll(queue, Self.idleWait.milliseconds))
        }
        resumeFlushes()
        rd_kafka_queue_destroy(queue)
        rd_kafka_destroy(client)
        let waiters = state.withLock { state in
            state.isGone = true
            defer { state.stopWaiters = [] }
            return state.stopWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func nextWait() -> Duration {
        let deadline = state.withLock { $0.pending.nextDeadline }
        guard let deadline else { return Self.idleWait }
        return max(.zero, min(Self.idleWait, ContinuousClock.now.duration(to: deadline) + .milliseconds(1)))
    }

    private func resumeFlushes() {
        let (finished, left) = state.withLock { state in
            (state.pending.finishedFlushes(at: .now), state.pending.count)
        }
        for continuation in finished { continuation.resume(returning: left) }
    }

    private func take(_ event: OpaquePointer?) {
        guard let event else { return }
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR: takeDeliveries(event)
        case RD_KAFKA_EVENT_ERROR: takeError(event)
        case RD_KAFKA_EVENT_LOG: log.take(event)
        case RD_KAFKA_EVENT_STATS: takeStatistics(event)
        default: break
        }
    }

    private func takeDeliveries(_ event: OpaquePointer) {
        var settled: [PendingSend] = []
        while let message = rd_kafka_event_message_next(event) {
            let ticket = UInt(bitPattern: message.pointee._private)
            let result = DeliveryResult(message)
            if let send = state.withLock({ $0.pending.settle(ticket, result) }) { settled.append(send) }
        }
        for send in settled { send.resume() }
    }

    private func takeStatistics(_ event: OpaquePointer) {
        guard let text = rd_kafka_event_stats(event) else { return }
        let statistics = String(cString: text)
        state.withLock { $0.statistics = statistics }
    }

    private func takeError(_ event: OpaquePointer) {
        let code = KafkaErrorCode(rd_kafka_event_error(event))
        let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
        guard code == .fatal else { return log.error(KafkaError(code: code, operation: "produce", message: text)) }
        let error = currentFatalError() ?? KafkaError(code: code, operation: "produce", message: text)
        log.error(error)
        state.withLock { $0.fatalError = error }
    }

    private func currentFatalError() -> KafkaError? {
        let result = withErrorText { text, size in rd_kafka_fatal_error(client, text, size) }
        guard result.value != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(
            code: KafkaErrorCode(result.value), operation: "produce", message: result.text, isRetriable: false,
            isFatal: true)
    }
}

extension DeliveryResult {
    /// A delivery report.
    init(_ message: UnsafePointer<rd_kafka_message_t>) {
        let report = message.pointee
        let topic = report.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? ""
        let partition = TopicPartition(topic, report.partition)
        guard report.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            self = .failure(KafkaError(code: KafkaErrorCode(report.err), operation: "produce", partition: partition))
            return
        }
        self = .success(Delivery(partition: partition, offset: report.offset >= 0 ? report.offset : nil))
    }
}

/// Calls with the bytes of an array, or with nil.
private func withOptionalBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
    guard let bytes else { return body(nil) }
    return bytes.withUnsafeBytes { body($0) }
}
