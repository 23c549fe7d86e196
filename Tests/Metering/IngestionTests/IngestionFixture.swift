import Aggregation
import Ingestion
import Kafka
import Logging
import MetricStore
import Notifications
import Postgres
import ServiceKit
import ServiceLifecycleTestKit
import Telemetry
import TestKit

/// A migrated database, topics of its own on the broker, and what a test does with both.
struct IngestionFixture: Sendable {
    let database: TestDatabase
    let topics: TestTopics
    let producer: Producer

    static let samples = "samples"
    static let notifications = "notifications.info"
    static let deadLetters = "dead-letter"

    /// When everything happens.
    static let now = Instant(seconds: 1_795_000_000)

    /// A service with the instruments that it counts in.
    struct Running: Sendable {
        let service: IngestionService
        let registry: InstrumentRegistry

        /// The line of the exposition that begins so, without its beginning.
        func value(_ name: String) -> String? {
            registry.exposition().split(separator: "\n").first { $0.hasPrefix(name + " ") }
                .map { String($0.dropFirst(name.count + 1)) }
        }
    }

    func service(
        group: String? = nil, workers: Int = 1, messageLimit: Int = 100, observers: [IngestStore.Observer] = [],
        afterCommit: [AfterCommit] = []
    ) throws -> Running {
        var settings = IngestionSettings(client: topics.client)
        settings.group = group ?? topics.group
        settings.samplesTopic = topics[Self.samples]
        settings.notificationTopics = [topics[Self.notifications]]
        settings.deadLetterTopic = topics[Self.deadLetters]
        settings.workerCount = workers
        // A member that leaves while it joins may keep the others waiting for so long.
        settings.sessionTimeout = .seconds(6)
        settings.pollInterval = .seconds(6)
        settings.poll = PollLimit(
            messages: messageLimit, bytes: 1 << 20, wait: .milliseconds(50), fill: .milliseconds(20))
        let registry = InstrumentRegistry()
        let rules = CurrentRules(try .test)
        // Offsets belong to one group, whatever the members call themselves to the broker.
        let store = IngestStore(
            pool: database.pool, consumerGroup: topics.group, rules: rules, clock: WallClock { Self.now },
            observers: observers)
        let service = IngestionService(
            settings, store: store, rules: rules, instruments: IngestionInstruments(in: registry),
            afterCommit: afterCommit, logger: .quiet)
        return Running(service: service, registry: registry)
    }

    /// Runs a service until a condition holds, and stops it gracefully.
    ///
    /// - Returns: how long it took to stop.
    @discardableResult
    func run(
        _ running: Running, until what: String, within limit: Duration = .seconds(60),
        _ condition: @escaping @Sendable () async throws -> Bool
    ) async throws -> Duration {
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await running.service.run() }
                let result: Result<Void, any Error>
                do {
                    result = .success(try await eventually(what, within: limit, condition))
                } catch {
                    result = .failure(error)
                }
                let stopped = ContinuousClock.now
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
                try result.get()
                return stopped.duration(to: .now)
            }
        }
    }

    /// Runs a fresh service until everything that was sent is stored.
    @discardableResult
    func drain(workers: Int = 1) async throws -> Running {
        let running = try service(workers: workers)
        try await run(running, until: "all is stored") { try await isDrained() }
        return running
    }

    /// Whether the stored offsets are at the end of all partitions.
    func isDrained() async throws -> Bool {
        let admin = try Admin(topics.client)
        let group = topics.group
        let positions = try await database.pool.transaction { try OffsetStore(consumerGroup: group).all(in: $0) }
        let stored = Dictionary(
            uniqueKeysWithValues: positions.map { (TopicPartition($0.topic, $0.partition), $0.nextOffset) })
        for topic in [Self.samples, Self.notifications] {
            for partition in try await admin.topic(topics[topic])?.topicPartitions ?? [] {
                if try await admin.watermarks(of: partition).high != stored[partition] ?? 0 { return false }
            }
        }
        return true
    }

    // MARK: Sending

    func send(_ batches: [SampleBatch]) async throws {
        try await send(
            batches.map {
                OutgoingMessage(topic: topics[Self.samples], key: Array($0.host.text.utf8), value: $0.encode())
            })
    }

    func send(notifications: [String]) async throws {
        try await send(
            notifications.map {
                OutgoingMessage(
                    topic: topics[Self.notifications], key: Array("\($0.hashValue)".utf8), value: Array($0.utf8))
            })
    }

    func send(_ messages: [OutgoingMessage]) async throws {
        for result in await producer.send(messages) { _ = try result.get() }
    }

    // MARK: Looking

    /// Every stored measure as `resource meter seconds value`, sorted.
    func measures() async throws -> [String] {
        try await database.pool.transaction { db in
            let names = try db.query(
                """
                SELECT metric_id, resource_id, meter FROM metric.metric JOIN metric.resource USING (resource_number)
                """
            ) {
                (
                    try $0["metric_id", as: MetricID.self],
                    "\(try $0["resource_id", as: String.self]) \(try $0["meter", as: String.self])"
                )
            }
            let name = Dictionary(uniqueKeysWithValues: names)
            let batches = try db.query("SELECT packed FROM metric.batch") { try $0["packed", as: [UInt8].self] }
            return try batches.flatMap { packed in
                let batch = try PackedBatch(bytes: packed).batch()
                return (0..<batch.count).map { place in
                    "\(name[batch.metrics[place]] ?? "?") \(batch.timestamps[place].nanoseconds / 1_000_000_000) \(batch.values[place])"
                }
            }.sorted()
        }
    }

    func count(_ table: TableName) async throws -> Int {
        try await database.pool.transaction { db in
            try db.queryOne("SELECT count(*) AS n FROM \(table)") { try $0["n", as: Int.self] } ?? 0
        }
    }

    /// Everything in the dead-letter topic.
    func letters() async throws -> [OutgoingMessage] {
        let admin = try Admin(topics.client)
        let partitions = try await admin.topic(topics[Self.deadLetters])?.topicPartitions ?? []
        var end = 0
        for partition in partitions { end += Int(try await admin.watermarks(of: partition).high) }
        guard end > 0 else { return [] }
        let consumer = try Consumer(
            ConsumerSettings(client: topics.client, group: topics.group + "-letters"), logger: .quiet)
        try await consumer.subscribe([topics[Self.deadLetters]])
        let limit = PollLimit(messages: 1_000, bytes: 1 << 24, wait: .milliseconds(100), fill: .milliseconds(10))
        var letters: [OutgoingMessage] = []
        try await eventually("all dead letters are read", within: .seconds(30)) {
            let polled = try await consumer.poll(limit) { batch in
                (0..<batch.count).map { OutgoingMessage(copying: batch[$0]) }
            }
            switch polled {
            case .assigned(let assignment):
                _ = try await consumer.start(
                    assignment, at: Dictionary(uniqueKeysWithValues: partitions.map { ($0, .earliest) }))
            case .messages(let messages): letters += messages
            default: break
            }
            return letters.count >= end
        }
        await consumer.close()
        return letters
    }
}

/// Lends a database and topics to a test.
func withIngestion(
    partitions: Int = 1, _ body: (IngestionFixture) async throws -> Void
) async throws {
    let names = [IngestionFixture.samples, IngestionFixture.notifications, IngestionFixture.deadLetters]
    try await withTopics(names, partitions: partitions) { topics in
        try await withDatabase(applying: [try MetricStoreSchema.migrator], sizeLimit: 8) { database in
            let producer = try Producer(ProducerSettings(client: topics.client), logger: .quiet)
            let fixture = IngestionFixture(database: database, topics: topics, producer: producer)
            do {
                try await body(fixture)
            } catch {
                await producer.close(within: .seconds(1))
                throw error
            }
            await producer.close(within: .seconds(1))
        }
    }
}

extension OutgoingMessage {
    init(copying message: IncomingMessage) {
        self.init(
            topic: message.source.topic, key: message.key.map { Array($0) }, value: Array(message.value),
            headers: message.headers())
    }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
