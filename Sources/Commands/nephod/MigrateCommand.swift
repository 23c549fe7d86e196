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
                .deadLetters(config.ingestion.deadLetterTopic),
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
