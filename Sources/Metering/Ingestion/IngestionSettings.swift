package import Kafka

/// How the consumer service runs.
package struct IngestionSettings: Hashable, Sendable {
    package var client: ClientSettings
    package var group: String
    /// The name of this process in the group, which no other process has; see `ConsumerSettings.instance`.
    package var member: String?
    /// The topic whose messages are sample batches of collectors.
    package var samplesTopic: String
    /// The topics whose messages are notifications; one that begins with `^` is a regular expression.
    package var notificationTopics: [String]
    /// Where messages go that can't be stored.
    package var deadLetterTopic: String
    /// How many consumers run in this process, each with a thread and a database session of its own.
    package var workerCount: Int
    package var poll: PollLimit
    /// A member that is silent so long has died, see `ConsumerSettings`.
    package var sessionTimeout = Self.defaultSessionTimeout
    /// A member that stores nothing for so long loses its partitions to others, see `ConsumerSettings`.
    package var pollInterval = Self.defaultPollInterval

    package static let defaultGroup = "nephoscope-ingestion"
    package static let defaultSamplesTopic = "samples"
    package static let defaultDeadLetterTopic = "dead-letter"
    /// oslo.messaging's levels that Ceilometer reads.
    package static let defaultNotificationTopics = [
        "notifications.audit", "notifications.error", "notifications.info", "notifications.sample",
    ]
    /// As many as a small machine has processors; partitions are the upper bound of what can share the work.
    package static let defaultWorkerCount = 2
    /// A transaction of so many messages takes well below a second, which is what a sample waits at most.
    package static let defaultMessageLimit = 5_000
    package static let defaultByteLimit = 16 << 20
    /// How long a poll waits for the first message: short enough for a stop to be noticed soon.
    package static let defaultWait = Duration.milliseconds(500)
    /// How long a batch waits for more: with little traffic a commit costs more than what it stores.
    package static let defaultFill = Duration.milliseconds(200)
    package static let defaultSessionTimeout = Duration.seconds(15)
    package static let defaultPollInterval = Duration.seconds(60)

    package init(client: ClientSettings) {
        self.client = client
        group = Self.defaultGroup
        samplesTopic = Self.defaultSamplesTopic
        notificationTopics = Self.defaultNotificationTopics
        deadLetterTopic = Self.defaultDeadLetterTopic
        workerCount = Self.defaultWorkerCount
        poll = PollLimit(
            messages: Self.defaultMessageLimit, bytes: Self.defaultByteLimit, wait: Self.defaultWait,
            fill: Self.defaultFill)
    }

    var topics: [String] { [samplesTopic] + notificationTopics }
}

extension TopicSpecification {
    /// The topic of dead letters, wherever it is made.
    ///
    /// Letters are few and wait for a human, who may be on holiday, and some are about money: they are kept until they are
    /// deleted. The only consumer of one partition sees them in the order in which they came to be.
    package static func deadLetters(_ name: String) -> TopicSpecification {
        TopicSpecification(name, partitions: 1, configuration: ["retention.ms": "-1"])
    }
}
