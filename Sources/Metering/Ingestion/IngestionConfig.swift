package import Documents
package import Kafka
package import ServiceKit

/// The section `ingestion` of the configuration file.
package struct IngestionConfig: ConfigSection {
    package static let section = "ingestion"
    package static let about = "Reads samples and notifications from Kafka and stores them, each once."

    package let group: String
    package let member: String?
    package let samplesTopic: String
    package let notificationTopics: [String]
    package let deadLetterTopic: String
    package let workerCount: Int
    package let messageLimit: Int
    package let byteLimit: ByteCount
    package let fill: Duration

    package init(reading section: SectionReader) {
        typealias Standard = IngestionSettings
        group = section.string("group", default: Standard.defaultGroup, "Consumer group; offsets are kept under it.")
        member = section.optionalString(
            "member",
            "Name of this process in the group, which no other process may have; with one, a process that crashed takes its "
                + "partitions up again as soon as it is back.")
        samplesTopic = section.string(
            "samples_topic", default: Standard.defaultSamplesTopic, "Topic of the collectors' sample batches.")
        notificationTopics = section.strings(
            "notification_topics", default: Standard.defaultNotificationTopics,
            "Topics of notifications; one that begins with ^ is a regular expression.")
        deadLetterTopic = section.string(
            "dead_letter_topic", default: Standard.defaultDeadLetterTopic, "Topic for messages that can't be stored.")
        workerCount = section.int(
            "workers", default: Standard.defaultWorkerCount, in: 1...64, "Consumers in this process.")
        messageLimit = section.int(
            "batch_messages", default: Standard.defaultMessageLimit, in: 1...100_000,
            "Messages per transaction at most.")
        byteLimit = section.byteCount(
            "batch_size", default: ByteCount(Standard.defaultByteLimit), in: ByteCount(1 << 16)...ByteCount(256 << 20),
            "Payload per transaction at most.")
        fill = section.duration(
            "batch_wait", default: Standard.defaultFill, in: .milliseconds(1)...(.seconds(5)),
            "How long a batch waits for more messages.")
    }

    /// The settings of the service, with the connection that the roles of the process share.
    package func settings(_ client: ClientSettings) -> IngestionSettings {
        var settings = IngestionSettings(client: client)
        settings.group = group
        settings.member = member
        settings.samplesTopic = samplesTopic
        settings.notificationTopics = notificationTopics
        settings.deadLetterTopic = deadLetterTopic
        settings.workerCount = workerCount
        settings.poll.messages = messageLimit
        settings.poll.bytes = byteLimit.bytes
        settings.poll.fill = fill
        return settings
    }
}
