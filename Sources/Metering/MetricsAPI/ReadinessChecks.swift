package import APIKit
package import Kafka
import MetricStore
package import Postgres

/// What has to be there before the services can work.
extension ReadinessCheck {
    /// The database answers, and its schema is this program's.
    package static func database(_ pool: Pool) -> [ReadinessCheck] {
        [
            ReadinessCheck("database") { try await pool.withSession { db in _ = try db.execute("SELECT 1") } },
            ReadinessCheck("schema") {
                let migrator = try MetricStoreSchema.migrator
                let pending = try await pool.withSession { db in try migrator.pending(in: db) }
                if let first = pending.first { throw SchemaOutdated(pendingCount: pending.count, first: "\(first)") }
            },
        ]
    }

    /// The broker answers. A collector without it goes on, and keeps what it samples in its spool.
    package static func broker(_ admin: Admin) -> ReadinessCheck {
        ReadinessCheck("broker") { _ = try await admin.topics() }
    }
}

/// The database has not been migrated to what this program needs.
private struct SchemaOutdated: Error, CustomStringConvertible {
    let pendingCount: Int
    let first: String

    var description: String { "\(pendingCount) migrations are to be applied, \(first) first; run nephod migrate" }
}
