import Kafka
package import Logging
import ServiceKit
import ServiceLifecycle

/// Takes samples and notifications from Kafka into the store, each once.
///
/// Runs some workers, each a member of the consumer group. A worker that can't go on ends the service, and with it the process:
/// a supervisor starts it again, and nothing is lost by that.
package struct IngestionService: Service {
    private let settings: IngestionSettings
    private let store: IngestStore
    private let rules: CurrentRules
    private let instruments: IngestionInstruments
    private let afterCommit: [AfterCommit]
    private let logger: Logger

    /// A batch in hand is finished within this time of a stop, or given up: leaving the group may take five seconds more,
    /// and a stop is to take less than ten.
    package static let stopLimit = Duration.seconds(3)
    /// What the dead letters on their way get of that time.
    private static let producerStopLimit = Duration.seconds(1)

    package init(
        _ settings: IngestionSettings, store: IngestStore, rules: CurrentRules, instruments: IngestionInstruments,
        afterCommit: [AfterCommit] = [], logger: Logger
    ) {
        self.settings = settings
        self.store = store
        self.rules = rules
        self.instruments = instruments
        self.afterCommit = afterCommit
        self.logger = logger
    }

    package func run() async throws {
        guard try await prepare("The store can't be reached", { try await store.registerPolicies() }),
            try await prepare("The dead-letter topic can't be made", makeDeadLetterTopic)
        else { return }
        let producer = try Producer(ProducerSettings(client: settings.client), logger: logger)
        do {
            try await runWorkers(producer)
        } catch is CancellationError {
            logger.debug("Ingestion was cancelled")
        } catch {
            await producer.close(within: Self.producerStopLimit)
            throw error
        }
        await producer.close(within: Self.producerStopLimit)
    }

    /// Without it a message that can't be stored would hold up its partition.
    private func makeDeadLetterTopic() async throws {
        let admin = try Admin(settings.client)
        guard try await admin.topic(settings.deadLetterTopic) == nil else { return }
        let failures = try await admin.createTopics([.deadLetters(settings.deadLetterTopic)])
        if let failure = failures.values.first, failure.code != .topicAlreadyExists { throw failure }
    }

    /// Does something that may be done twice and needs a server that may not be up yet; false where the service was stopped meanwhile.
    private func prepare(_ complaint: Logger.Message, _ body: () async throws -> Void) async throws -> Bool {
        var backoff = Backoff()
        while !Task.isShuttingDownGracefully {
            do {
                try await body()
                return true
            } catch {
                guard StoreFailure(error).mayPass else { throw error }
                logger.warning(complaint, error: error)
                let delay = backoff.next()
                do {
                    try await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
                } catch is CancellationError {
                    return false
                }
            }
        }
        return false
    }

    private func runWorkers(_ producer: Producer) async throws {
        let office = DeadLetterOffice(
            producer: producer, topic: settings.deadLetterTopic, instruments: instruments, logger: logger)
        try await withThrowingTaskGroup(of: Ended.self) { group in
            for number in 0..<settings.workerCount {
                var settings = settings
                settings.client.clientID += "-\(number)"
                group.addTask { [settings] in
                    var worker = try makeWorker(settings, office, number)
                    try await worker.run()
                    return .worker
                }
            }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: Self.stopLimit)
                return .timeIsUp
            }
            var running = settings.workerCount
            while running > 0, let ended = try await group.next() {
                switch ended {
                case .worker: running -= 1
                case .timeIsUp:
                    logger.warning("Batches in hand were given up to stop in time")
                    running = 0
                }
            }
            group.cancelAll()
        }
    }

    private enum Ended {
        case worker
        case timeIsUp
    }

    private func makeWorker(
        _ settings: IngestionSettings, _ office: DeadLetterOffice, _ number: Int
    ) throws -> IngestionWorker {
        var logger = logger
        logger[metadataKey: "worker"] = "\(number)"
        var member = ConsumerSettings(client: settings.client, group: settings.group)
        member.instance = settings.member.map { "\($0)-\(number)" }
        member.sessionTimeout = settings.sessionTimeout
        member.pollInterval = settings.pollInterval
        let consumer = try Consumer(member, logger: logger)
        return IngestionWorker(
            consumer: consumer, store: store, office: office, settings: settings, rules: rules,
            instruments: instruments,
            afterCommit: afterCommit, logger: logger)
    }
}
