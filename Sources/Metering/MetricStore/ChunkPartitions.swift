package import Postgres
package import Telemetry

/// The partitions of `metric.chunk`: by how long they are kept, then by day.
///
/// They are made when they are needed and dropped when their time is over; no row is ever deleted for its age.
package struct ChunkPartitions: Sendable {
    /// Makers and droppers of partitions keep out of each other's way.
    private static let lock = AdvisoryLock("metric.chunk partitions")
    /// Dropping a partition waits for its readers, and everybody else waits behind it: so it gives up soon, to be tried again.
    private static let dropWaitLimit: SQL = "SET LOCAL lock_timeout = '2s'"

    package init() {}

    /// One partition.
    package struct Name: Hashable, Sendable, CustomStringConvertible {
        package let retentionDays: Int
        package let day: CalendarDay

        package var description: String { table.description }

        var parent: TableName { TableName(schema: "metric", name: "chunk_r\(retentionDays)") }
        var table: TableName { TableName(schema: "metric", name: "chunk_r\(retentionDays)_d\(day.daysSince1970)") }

        /// When nothing in it is to be kept any more.
        var expiry: CalendarDay { day.advanced(by: retentionDays + 1) }
    }

    /// Makes the partitions that don't exist, in the caller's transaction.
    func make(_ names: Set<Name>, in db: isolated Session) throws {
        let existing = try tables(in: db)
        let missing = names.filter { !existing.contains($0.table.name) }
        guard !missing.isEmpty else { return }
        try db.lockInTransaction(Self.lock)
        var present = try tables(in: db)
        for name in missing.sorted(by: { ($0.retentionDays, $0.day) < ($1.retentionDays, $1.day) }) {
            if present.insert(name.parent.name).inserted { try makeParent(name, in: db) }
            if present.insert(name.table.name).inserted { try makePartition(name, in: db) }
        }
    }

    // A table is made beside the partitioned one and then attached: `CREATE TABLE … PARTITION OF` would lock out all readers.

    private func makeParent(_ name: Name, in db: isolated Session) throws {
        try db.execute(
            """
            CREATE TABLE \(name.parent) (LIKE metric.chunk INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)
            PARTITION BY RANGE (day)
            """)
        try db.execute(
            "ALTER TABLE metric.chunk ATTACH PARTITION \(name.parent) FOR VALUES IN (\(unsafeSQL: String(name.retentionDays)))"
        )
    }

    private func makePartition(_ name: Name, in db: isolated Session) throws {
        try db.execute(
            "CREATE TABLE \(name.table) (LIKE \(name.parent) INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)"
        )
        try db.execute(
            """
            ALTER TABLE \(name.parent) ATTACH PARTITION \(name.table)
            FOR VALUES FROM (\(unsafeSQL: literal(name.day))) TO (\(unsafeSQL: literal(name.day.next)))
            """)
    }

    /// A day as SQL text; the bounds of partitions can't be parameters.
    private func literal(_ day: CalendarDay) -> String { "date '1970-01-01' + \(day.daysSince1970)" }

    /// Drops the partitions whose time is over, each in a transaction of its own.
    ///
    /// - Returns: what was dropped, and what readers held on to, which is for the next time.
    package func dropExpired(_ pool: Pool, now: Instant) async throws -> (dropped: [Name], postponed: [Name]) {
        let today = CalendarDay(holding: now)
        let expired = try await pool.withSession { db in try all(in: db) }.filter { $0.expiry < today }
        var dropped: [Name] = []
        var postponed: [Name] = []
        for name in expired {
            do {
                try await pool.transaction { db in
                    try db.execute(Self.dropWaitLimit)
                    try db.lockInTransaction(Self.lock)
                    try db.execute("DROP TABLE IF EXISTS \(name.table)")
                }
                dropped.append(name)
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                postponed.append(name)
            }
        }
        return (dropped, postponed)
    }

    /// The partitions that exist, the earliest day first.
    package func all(in db: isolated Session) throws -> [Name] {
        try tables(in: db).compactMap(Name.init(table:)).sorted {
            ($0.day, $0.retentionDays) < ($1.day, $1.retentionDays)
        }
    }

    private func tables(in db: isolated Session) throws -> Set<String> {
        Set(
            try db.query(
                """
                SELECT relname FROM pg_class
                 WHERE relnamespace = 'metric'::regnamespace AND relispartition AND relkind IN ('r', 'p')
                """
            ) { try $0["relname", as: String.self] })
    }
}

extension ChunkPartitions.Name {
    /// Reads `chunk_r30_d20780`; nil for any other table.
    fileprivate init?(table: String) {
        let parts = table.split(separator: "_")
        guard parts.count == 3, parts[0] == "chunk", parts[1].hasPrefix("r"), parts[2].hasPrefix("d"),
            let retentionDays = Int(parts[1].dropFirst()), let day = Int(parts[2].dropFirst())
        else { return nil }
        self.init(retentionDays: retentionDays, day: CalendarDay(daysSince1970: day))
    }
}
