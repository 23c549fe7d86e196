package import Kafka
package import Logging
package import Postgres
package import ServiceKit
import ServiceLifecycle
import Synchronization
import Telemetry

/// Watches how far the topics have been read: keeps the rates for the status, and asks the broker for the topics' ends.
package final class IngestProgress: Service {
    private let pool: Pool
    private let admin: Admin
    private let clock: WallClock
    private let logger: Logger
    private let rates = Mutex(OffsetRates())

    private static let interval = Duration.seconds(10)
    /// Asking for the ends of more partitions would keep the one who asked waiting.
    private static let watermarkLimit = 256

    package init(pool: Pool, admin: Admin, clock: WallClock, logger: Logger) {
        self.pool = pool
        self.admin = admin
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        var isFailing = false
        for await _ in Ticker(every: Self.interval, clock: ContinuousClock()).cancelOnGracefulShutdown() {
            do {
                let partitions = try await pool.withSession { try ProgressQueries().partitions(in: $0) }
                rates.withLock { $0.add(Self.offsets(partitions), at: clock.now) }
                isFailing = false
            } catch {
                if !isFailing { logger.warning("Progress of ingestion can't be read", error: error) }
                isFailing = true
            }
        }
    }

    /// What a partition's reading looks like now.
    struct PartitionStatus: Sendable {
        let stored: ProgressQueries.Partition
        /// The offset behind the last message; nil where the broker doesn't tell.
        let endOffset: Int64?
        let perSecond: Double?

        /// Messages that wait to be read. A topic that was made anew can end before the stored offset.
        var lag: Int64? { endOffset.map { max(0, $0 - stored.nextOffset) } }
    }

    func status() async throws -> (partitions: [PartitionStatus], hosts: [ProgressQueries.Host]) {
        let (partitions, hosts) = try await pool.transaction(readOnly: true) { db in
            (try ProgressQueries().partitions(in: db), try ProgressQueries().hosts(in: db))
        }
        rates.withLock { $0.add(Self.offsets(partitions), at: clock.now) }
        let ends = await ends(of: partitions.map(\.partition))
        let rates = rates.withLock { $0 }
        let statuses = partitions.map { stored in
            PartitionStatus(
                stored: stored, endOffset: ends[stored.partition], perSecond: rates.perSecond(of: stored.partition))
        }
        return (statuses, hosts)
    }

    /// The ends of the partitions that the broker tells; none of them where the first question fails.
    private func ends(of partitions: [TopicPartition]) async -> [TopicPartition: Int64] {
        var ends: [TopicPartition: Int64] = [:]
        for partition in partitions.prefix(Self.watermarkLimit) {
            do {
                ends[partition] = try await admin.watermarks(of: partition).high
            } catch {
                logger.debug(
                    "End of a partition is unknown", error: error, metadata: ["kafka.partition": "\(partition)"])
                if ends.isEmpty { return [:] }
            }
        }
        return ends
    }

    private static func offsets(_ partitions: [ProgressQueries.Partition]) -> [TopicPartition: Int64] {
        Dictionary(partitions.map { ($0.partition, $0.nextOffset) }, uniquingKeysWith: max)
    }
}
