import Kafka
import Postgres
import Telemetry

/// How far ingestion has come, as its own transactions have recorded it.
struct ProgressQueries: Sendable {
    struct Partition: Hashable, Sendable {
        let group: String
        let partition: TopicPartition
        let nextOffset: Int64
        let advancedAt: Instant
    }

    struct Host: Hashable, Sendable {
        let host: HostName
        let seenAt: Instant
    }

    /// A status for people; a cloud with more of either is watched with its metrics.
    private static let lineLimit = 5_000

    /// The partitions that any consumer group has read, in order.
    func partitions(in db: isolated Session) throws -> [Partition] {
        try db.query(
            """
            SELECT consumer_group, topic, partition, next_offset, advanced_at FROM ingest.partition_offset
             ORDER BY consumer_group, topic, partition LIMIT \(Self.lineLimit)
            """
        ) { row in
            Partition(
                group: try row["consumer_group"],
                partition: TopicPartition(try row["topic", as: String.self], try row["partition", as: Int32.self]),
                nextOffset: try row["next_offset"], advancedAt: try row["advanced_at"])
        }
    }

    /// When the last batch of each host's collector was taken in.
    func hosts(in db: isolated Session) throws -> [Host] {
        try db.query(
            """
            SELECT host, max(seen_at) AS seen_at FROM ingest.agent_sequence
             GROUP BY host ORDER BY host LIMIT \(Self.lineLimit)
            """
        ) { row in Host(host: HostName(try row["host", as: String.self]), seenAt: try row["seen_at"]) }
    }
}
