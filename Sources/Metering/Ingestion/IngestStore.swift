import Aggregation
package import Kafka
import MetricStore
package import Postgres
package import ServiceKit
import Synchronization

/// Stores batches: each in one transaction that also moves the offsets of what it stores.
///
/// The transaction's order: offsets, decisions about repetitions, resources, metrics, measures, events, usage, and then whoever
/// wants to see the batch inside the transaction. What the process remembers of resources and metrics is brought up to
/// date only after the commit.
package final class IngestStore: Sendable {
    /// Called inside the transaction with what it stores; what it throws undoes all of it.
    package typealias Observer = @Sendable (StoredBatch, isolated Session) throws -> Void

    private let pool: Pool
    private let offsets: OffsetStore
    private let rules: CurrentRules
    private let clock: WallClock
    private let observers: [Observer]
    private let resourceCache = ResourceCache()
    private let metrics: MetricInterning

    package init(pool: Pool, consumerGroup: String, rules: CurrentRules, clock: WallClock, observers: [Observer] = []) {
        self.pool = pool
        offsets = OffsetStore(consumerGroup: consumerGroup)
        self.rules = rules
        self.clock = clock
        self.observers = observers
        metrics = MetricInterning(rules: rules)
    }

    /// Registers the archive policies of the rules in force.
    package func registerPolicies() async throws {
        try await rules.value.registerPolicies(in: pool)
    }

    /// Where partitions are to be read on; those that were never read are missing.
    package func nextOffsets(of partitions: [TopicPartition]) async throws -> [TopicPartition: Int64] {
        let offsets = offsets
        return try await pool.transaction(readOnly: true) { db in
            var found: [TopicPartition: Int64] = [:]
            for (topic, group) in Dictionary(grouping: partitions, by: \.topic) {
                for (partition, offset) in try offsets.fetch(topic: topic, partitions: group.map(\.partition), in: db) {
                    found[TopicPartition(topic, partition)] = offset
                }
            }
            return found
        }
    }

    /// Stores a batch, where the offsets still are where it was read from.
    ///
    /// - Parameters:
    ///   - batch: what to store.
    ///   - start: the stored offset of each partition, as this reader knows it; missing where there was none.
    /// - Returns: what was new, and what was left out.
    /// - Throws: `OffsetConflict` where another reader has been here, `ConflictingMessages` where some have to be
    ///   dead-lettered first, `PostgresError` and `PoolError`. Nothing is stored then.
    package func store(_ batch: IngestBatch, from start: [TopicPartition: Int64]) async throws -> StoredBatch {
        let (stored, learned) = try await pool.transaction { [self] db in try store(batch, from: start, in: db) }
        resourceCache.learn(learned.resources)
        metrics.learn(learned.metrics)
        return stored
    }

    /// What the process may remember once the transaction has committed.
    private struct Learned: Sendable {
        let resources: ObservedResources
        let metrics: MetricInterning.News
    }

    private func store(
        _ batch: IngestBatch, from start: [TopicPartition: Int64], in db: isolated Session
    ) throws -> (StoredBatch, Learned) {
        try offsets.advance(
            batch.nextOffsets.map {
                OffsetStore.Advance(topic: $0.key.topic, partition: $0.key.partition, from: start[$0.key], to: $0.value)
            }, in: db)
        let now = clock.now
        var stored = StoredBatch(now: now)
        try admit(batch, into: &stored, in: db)
        let resources = try ResourceStore().observe(stored.observations, knowing: resourceCache, in: db)
        try ResourceStore().end(stored.ends, in: db)
        let interned = try metrics.intern(stored.resources, numbers: resources.numbers, at: now, in: db)
        var intake = MeasureIntake(now: now)
        stored.take(interned, into: &intake)
        try MeasureStore().append(intake, in: db)
        try EventStore().insert(stored.events, in: db)
        try UsageStore().record(stored.facts, in: db)
        for observer in observers { try observer(stored, db) }
        return (stored, Learned(resources: resources, metrics: interned.news))
    }

    /// Decides which messages are new.
    private func admit(_ batch: IngestBatch, into stored: inout StoredBatch, in db: isolated Session) throws {
        var batches: [ConvertedBatch] = []
        var notifications: [(place: Int, content: ConvertedNotification)] = []
        for (place, message) in batch.messages.enumerated() {
            switch message.content {
            case .batch(let content): batches.append(content)
            case .notification(let content): notifications.append((place, content))
            case .dead: break
            }
        }
        let sequences = try AgentSequenceStore().admit(
            batches.map { AgentSequenceStore.Arrival($0.name, polledAt: $0.polledAt) }, in: db)
        let decisions = try EventStore().admit(notifications.map(\.content.fingerprint), in: db)
        let conflicts = zip(notifications, decisions).filter { $0.1 == .conflicting }.map(\.0.place)
        guard conflicts.isEmpty else { throw ConflictingMessages(places: conflicts) }
        for (content, admission) in zip(batches, sequences) { stored.add(content, admission) }
        for (notification, decision) in zip(notifications, decisions) { stored.add(notification.content, decision) }
    }
}

/// Notifications of a batch under the ids of others that were stored before.
package struct ConflictingMessages: Error, Hashable, Sendable {
    /// Their places in the batch.
    package let places: [Int]
}
