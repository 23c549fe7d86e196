/// A topic to be made.
package struct TopicSpecification: Hashable, Sendable {
    package var name: String
    package var partitions: Int
    /// Copies of each partition; nil takes the cluster's default.
    package var replicas: Int?
    /// Properties of the topic by Kafka's names, such as `cleanup.policy` or `retention.ms`.
    package var configuration: [String: String]

    package init(_ name: String, partitions: Int, replicas: Int? = nil, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replicas = replicas
        self.configuration = configuration
    }

    /// The same topic, of which the broker keeps the newest message of each key for good.
    package var compacted: Self {
        var topic = self
        topic.configuration["cleanup.policy"] = "compact"
        return topic
    }
}

/// A topic as the cluster has it.
package struct TopicDescription: Hashable, Sendable {
    package let name: String
    package let partitions: [PartitionDescription]

    package var topicPartitions: [TopicPartition] { partitions.map { TopicPartition(name, $0.id) } }
}

/// A partition as the cluster has it.
package struct PartitionDescription: Hashable, Sendable {
    package let id: Int32
    /// The broker that leads it; nil while there is none.
    package let leader: Int32?
    package let replicas: [Int32]
    package let inSyncReplicas: [Int32]
}
