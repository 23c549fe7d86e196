internal import Kafka
package import Logging
package import ServiceKit
internal import ServiceLifecycle
internal import Telemetry

/// The role `weighing`: reads sample batches and publishes each host's smoothed load on a compacted topic.
///
/// Keeps nothing that must survive: the next tick of a host supersedes whatever was lost. See `docs/specs/host-load.md`.
package struct WeighingService: Service {
    private let settings: WeighingSettings
    private let clock: WallClock
    private let instruments: WeighingInstruments
    private let logger: Logger

    /// A batch is a few kilobytes; this many are read at once at most, and within half a second a stop is noticed.
    private static let pollLimit = PollLimit(
        messages: 500, bytes: 8 << 20, wait: .milliseconds(500), fill: .milliseconds(20))
    /// What is still in flight at a stop is superseded anyway.
    private static let closeLimit = Duration.seconds(2)

    package init(_ settings: WeighingSettings, clock: WallClock, instruments: WeighingInstruments, logger: Logger) {
        self.settings = settings
        self.clock = clock
        self.instruments = instruments
        self.logger = logger
    }

    package func run() async throws {
        guard try await makeTopic() else { return }
        let producer = try Producer(ProducerSettings(client: settings.client), logger: logger)
        let consumer = try Consumer(
            ConsumerSettings(client: settings.client, group: settings.group), logger: logger)
        let result: Result<Void, any Error>
        do {
            try await consumer.subscribe([settings.samplesTopic])
            result = .success(try await feed(from: consumer, to: producer))
        } catch {
            result = .failure(error)
        }
        await consumer.close()
        await producer.close(within: Self.closeLimit)
        try result.get()
    }

    /// Makes the topic, unless somebody has made it; waits for a broker that is away, however long.
    ///
    /// - Returns: false where the service was stopped meanwhile.
    private func makeTopic() async throws -> Bool {
        let admin = try Admin(settings.client)
        // No limit in time: the roles of a process end together, and a collector is not to stop for want of a feed.
        let policy = RetryPolicy(
            attemptLimit: .max, firstDelay: .milliseconds(500), maxDelay: .seconds(10),
            deadline: .seconds(Int64.max))
        do {
            try await cancelWhenGracefulShutdown {
                try await retry(
                    policy, when: { ($0 as? KafkaError)?.isRetriable ?? false },
                    onFailure: { error, _ in logger.warning("The broker is away, waiting", error: error) },
                    { try await makeTopic(admin) })
            }
        } catch is CancellationError {
            return false
        }
        return true
    }

    private func makeTopic(_ admin: Admin) async throws {
        let topic = TopicSpecification(settings.hostLoadTopic, partitions: settings.partitions).compacted
        guard let failure = try await admin.createTopics([topic])[topic.name] else { return }
        guard failure.code == .topicAlreadyExists else { throw failure }
        let configuration = try await admin.configuration(of: topic.name)
        if configuration["cleanup.policy"]?.contains("compact") != true {
            logger.error(
                "The host-load topic is not compacted: a reader that starts later won't find the hosts that are quiet",
                metadata: ["kafka.topic": "\(topic.name)"])
        }
    }

    private func feed(from consumer: Consumer, to producer: Producer) async throws {
        var loads = HostLoads(timeConstant: settings.smoothing)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            switch try await consumer.poll(Self.pollLimit, SampleBatches.init) {
            case .messages(let samples):
                instruments.received.add(samples.batches.count)
                instruments.failed[.malformed].add(samples.malformedCount)
                await publish(loads.step(samples.batches), to: producer)
                loads.forget(before: clock.now - settings.forgetAfter)
            case .assigned(let assignment):
                // The past is of no use to a feed of the present.
                let newest = assignment.partitions.map { ($0, StartOffset.latest) }
                _ = try await consumer.start(assignment, at: Dictionary(uniqueKeysWithValues: newest))
            case .revoked:
                // Another process may take ticks in between; its past and this one's must not be mixed.
                loads.forgetAll()
            case .failed(let error):
                try await repair(error, consumer)
            case .nothing:
                break
            }
            instruments.hosts.set(Double(loads.hostCount))
        }
    }

    private func repair(_ error: KafkaError, _ consumer: Consumer) async throws {
        if error.isFatal { throw error }
        instruments.failed[.broker].add()
        logger.warning("Reading samples failed", error: error)
        if error.code == .offsetOutOfRange, let partition = error.partition {
            try await consumer.seek([partition: .latest], within: .seconds(10))
        }
    }

    private func publish(_ loads: [HostLoad], to producer: Producer) async {
        let now = clock.now
        let messages = loads.map { load in
            OutgoingMessage(
                topic: settings.hostLoadTopic, key: Array(load.host.text.utf8), value: load.json(publishedAt: now))
        }
        let failures = await producer.send(messages).compactMap { result in
            if case .failure(let error) = result { error } else { nil }
        }
        instruments.sent.add(messages.count - failures.count)
        instruments.failed[.undelivered].add(failures.count)
        if let failure = failures.first {
            logger.warning(
                "Host loads were not delivered", error: failure, metadata: ["records.count": "\(failures.count)"])
        }
    }
}

/// The sample batches of one poll.
private struct SampleBatches: Sendable {
    private(set) var batches: [SampleBatch] = []
    /// Messages that are no sample batch; ingestion puts them aside with their reasons, here they are counted.
    private(set) var malformedCount = 0

    init(_ messages: borrowing MessageBatch) {
        for index in 0..<messages.count {
            do throws(WireError) {
                let batch = try SampleBatch(decoding: messages[index].value)
                if Instant.believable.contains(batch.polledAt) { batches.append(batch) } else { malformedCount += 1 }
            } catch {
                malformedCount += 1
            }
        }
    }
}
