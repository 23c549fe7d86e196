package import Logging

/// Sends messages to a cluster, each stored once and in order (idempotent, `acks=all`).
///
/// Sending never blocks a thread: a message is copied into a bounded queue, and its fate comes back as a value. A producer
/// owns one thread and must be closed; one that is merely dropped gives up what it still has queued.
package final class Producer: Sendable {
    private let client: ProducerClient

    package init(_ settings: ProducerSettings, logger: Logger) throws(KafkaError) {
        client = try ProducerClient(settings, logger: logger)
    }

    deinit { client.abandon() }

    /// Sends messages in order and waits for the fate of all of them, which takes `deliveryTimeout` at most.
    ///
    /// One result per message, in their order. `.queueFull` is backpressure: that message and all later ones of this call
    /// were not taken. Cancelling the task ends the wait but does not recall messages: those whose fate is not known yet are
    /// answered as `.interrupted` and may still arrive.
    package func send(_ messages: [OutgoingMessage]) async -> [DeliveryResult] {
        guard !messages.isEmpty else { return [] }
        let send = PendingSend(count: messages.count)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if send.wait(continuation) { client.send(messages, send) }
            }
        } onCancel: {
            send.giveUp()
        }
    }

    /// Sends one message and waits for its fate.
    package func send(_ message: OutgoingMessage) async -> DeliveryResult {
        await send([message])[0]
    }

    /// Waits until nothing is queued or in flight, but no longer than `limit`; answers how many messages still are.
    package func flush(within limit: Duration) async -> Int {
        await client.flush(until: .now + limit)
    }

    /// Flushes within `limit`, gives up what is left (`.purged`, `.purgedInFlight`), and ends the thread.
    package func close(within limit: Duration) async {
        _ = await flush(within: limit)
        await client.stop()
    }

    /// How many messages are queued or in flight.
    package var outstanding: Int { client.outstanding }

    /// The error after which this producer takes no more messages; make a new one.
    package var fatalError: KafkaError? { client.fatalError }

    /// librdkafka's newest statistics, a JSON document; nil unless `statisticsInterval` asks for them.
    package var statistics: String? { client.statistics }
}
