package import Postgres

/// How far one consumer group has taken in the partitions of its topics.
///
/// The offset moves in the transaction that stores what was read, and only from the value from which the reader started: of two readers of a
/// partition, one of them a zombie, one commits and the other fails.
package struct OffsetStore: Sendable {
    package let consumerGroup: String

    package init(consumerGroup: String) { self.consumerGroup = consumerGroup }

    /// One partition's step.
    package struct Advance: Hashable, Sendable {
        package let topic: String
        package let partition: Int32
        /// Where the reader began; nil where `fetch` knew no offset.
        package let from: Int64?
        /// The first offset that was not taken in.
        package let to: Int64

        package init(topic: String, partition: Int32, from: Int64?, to: Int64) {
            self.topic = topic
            self.partition = partition
            self.from = from
            self.to = to
        }
    }

    /// The offsets to read on from; partitions that were never read are missing.
    package func fetch(
        topic: String, partitions: [Int32], in db: isolated Session
    ) throws -> [Int32: Int64] {
        let rows = try db.query(
            """
            SELECT partition, next_offset FROM ingest.partition_offset
             WHERE consumer_group = \(consumerGroup) AND topic = \(topic) AND partition = ANY(\(partitions))
            """
        ) { row in (try row["partition", as: Int32.self], try row["next_offset", as: Int64.self]) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// All offsets of the group, for its status.
    package func all(in db: isolated Session) throws -> [Position] {
        try db.query(
            """
            SELECT topic, partition, next_offset FROM ingest.partition_offset
             WHERE consumer_group = \(consumerGroup) ORDER BY topic, partition
            """
        ) { row in
            Position(topic: try row["topic"], partition: try row["partition"], nextOffset: try row["next_offset"])
        }
    }

    /// Moves offsets on.
    ///
    /// - Throws: `OffsetConflict` where one is not where the reader began; the transaction must not commit then.
    package func advance(_ advances: [Advance], in db: isolated Session) throws {
        let fresh = advances.filter { $0.from == nil }
        let known = advances.filter { $0.from != nil }
        let inserted = fresh.isEmpty ? [] : try insert(fresh, in: db)
        let updated = known.isEmpty ? [] : try update(known, in: db)
        let moved = Set(inserted + updated)
        for advance in advances where !moved.contains(PartitionName(advance)) {
            throw OffsetConflict(consumerGroup: consumerGroup, advance: advance)
        }
    }

    private func insert(_ advances: [Advance], in db: isolated Session) throws -> [PartitionName] {
        try db.query(
            """
            INSERT INTO ingest.partition_offset (consumer_group, topic, partition, next_offset)
            SELECT \(consumerGroup), topic, partition, next_offset
              FROM unnest(\(advances.map(\.topic)), \(advances.map(\.partition)), \(advances.map(\.to)))
                   AS new (topic, partition, next_offset)
             ORDER BY topic, partition
            ON CONFLICT DO NOTHING
            RETURNING topic, partition
            """, PartitionName.init)
    }

    private func update(_ advances: [Advance], in db: isolated Session) throws -> [PartitionName] {
        try db.query(
            """
            UPDATE ingest.partition_offset AS old
               SET next_offset = new.next_offset, advanced_at = now()
              FROM unnest(\(advances.map(\.topic)), \(advances.map(\.partition)), \(advances.map(\.from)), \(advances.map(\.to)))
                   AS new (topic, partition, started_at, next_offset)
             WHERE old.consumer_group = \(consumerGroup) AND old.topic = new.topic AND old.partition = new.partition
               AND old.next_offset = new.started_at
            RETURNING old.topic, old.partition
            """, PartitionName.init)
    }

    /// Where a partition is to be read on.
    package struct Position: Hashable, Sendable {
        package let topic: String
        package let partition: Int32
        package let nextOffset: Int64
    }

    private struct PartitionName: Hashable {
        let topic: String
        let partition: Int32

        init(_ advance: Advance) {
            topic = advance.topic
            partition = advance.partition
        }

        init(_ row: borrowing Row) throws {
            topic = try row["topic"]
            partition = try row["partition"]
        }
    }
}

/// Another reader has moved the partition's offset: this one is a zombie and has to ask where to read on.
package struct OffsetConflict: Error, Hashable, Sendable, CustomStringConvertible {
    package let consumerGroup: String
    package let advance: OffsetStore.Advance

    package init(consumerGroup: String, advance: OffsetStore.Advance) {
        self.consumerGroup = consumerGroup
        self.advance = advance
    }

    package var description: String {
        "The offset of \(advance.topic)/\(advance.partition) in group \(consumerGroup) is not "
            + "\(advance.from.map(String.init) ?? "unset") any more: another reader has moved it"
    }
}
