import ArgumentParser
import Ingestion
import Kafka
import Logging
import MetricStore
import Postgres
import ServiceKit
import Weighing

/// `nephod migrate`: brings the database's schema up to date and makes the topics that are missing.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database up to date and make the topics that are missing.",
        discussion: "Forward only, under a lock; running it again does nothing. Daemons wait until it has run.")

    @OptionGroup var options: ConfigOptions

    /// The only consumer of a topic with one partition sees dead letters in the order in which they came to be.
    private static let deadLetterPartitions = 1
    /// Dead letters wait for a person: four weeks.
    private static let deadLetterRetention = Duration.seconds(28 * 86_400)

    func run() async throws {
        let config = try options.load().file
        config.log.bootstrap()
        let logger = Logger(label: "migrate")
        try await migrate(config.database, logger)
        try await makeTopics(config, logger)
    }

    private func migrate(_ config: DatabaseConfig, _ logger: Logger) async throws {
        let session = try await Session.connect(config.migration, logger: logger)
        let outcome: Result<[Migration], any Error>
        do {
            outcome = .success(try await MetricStoreSchema.migrator.apply(in: session))
        } catch {
            outcome = .failure(error)
        }
        await session.close()
        for migration in try outcome.get() {
            logger.notice("Migration applied", metadata: ["migration.name": "\(migration)"])
        }
    }

    private func makeTopics(_ config: DaemonConfig, _ logger: Logger) async throws {
        let notifications = config.ingestion.notificationTopics.filter { !$0.hasPrefix("^") }
        let topics =
            [
                TopicSpecification(config.ingestion.samplesTopic, partitions: config.kafka.partitions),
                TopicSpecification(
                    config.ingestion.deadLetterTopic, partitions: Self.deadLetterPartitions,
                    configuration: ["retention.ms": "\(Self.deadLetterRetention.components.seconds * 1_000)"]),
                TopicSpecification(config.weighing.topic, partitions: config.weighing.partitions).compacted,
            ] + notifications.map { TopicSpecification($0, partitions: 1) }
        let failures = try await Admin(try config.kafka.client("nephod-migrate")).createTopics(topics)
        for topic in topics {
            switch failures[topic.name] {
            case nil: logger.notice("Topic made", metadata: ["kafka.topic": "\(topic.name)"])
            case let failure? where failure.code == .topicAlreadyExists: continue
            case let failure?: throw failure
            }
        }
    }
}
