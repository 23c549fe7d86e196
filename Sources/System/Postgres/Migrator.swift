/// Brings the schema of one service to the state that the program was written for, forward only.
///
/// The table `migration.applied` records service, number, name, SHA-256, duration and time of each. One advisory lock keeps migrators of
/// all services apart.
package struct Migrator: Sendable {
    package let service: String
    package let migrations: [Migration]

    private static let lock = AdvisoryLock("migration.applied")
    /// How often a second migrator looks whether the first is done, and a daemon whether the schema is new enough.
    ///
    /// A waiting `pg_advisory_lock` would not do: it holds a snapshot that `CREATE INDEX CONCURRENTLY` waits for in
    /// turn.
    private static let pollInterval = Duration.milliseconds(200)

    /// - Throws: `MigrationError.misnumbered` where the list does not count 1, 2, 3 and so on.
    package init(service: String, migrations: [Migration]) throws(MigrationError) {
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            throw .misnumbered(service: service, migration, expected: index + 1)
        }
        self.service = service
        self.migrations = migrations
    }

    /// Applies what the database lacks and returns it.
    ///
    /// Waits for another migrator; applied ones are compared first.
    package static func apply(
        service: String, migrations: [Migration], in session: Session
    ) async throws -> [Migration] {
        try await Migrator(service: service, migrations: migrations).apply(in: session)
    }

    /// Applies what the database lacks and returns it.
    ///
    /// - Throws: `MigrationError`; nothing of a failed migration remains, unless it runs outside of a transaction.
    package func apply(in session: Session) async throws -> [Migration] {
        while try await !session.tryLock(Self.lock) {
            try await ContinuousClock().sleep(for: Self.pollInterval)
        }
        do {
            let applied = try await session.perform { session in
                try createRecord(in: session)
                let pending = try self.pending(in: session)
                for migration in pending { try apply(migration, in: session) }
                return pending
            }
            try await session.unlock(Self.lock)
            return applied
        } catch {
            // The end of the session gives the lock back where this can't.
            if await session.isAlive { try await session.unlock(Self.lock) }
            throw error
        }
    }

    /// Returns once the schema is exactly the program's, waiting while it is older.
    ///
    /// - Throws: `MigrationError`: at once where the schema is newer or different, `behind` after the time limit.
    package func waitUntilCurrent(_ pool: Pool, limit: Duration, clock: any Clock<Duration>) async throws {
        var waited = Duration.zero
        while true {
            let pending = try await pool.withSession { session in try self.pending(in: session) }
            if pending.isEmpty { return }
            guard waited < limit else { throw MigrationError.behind(service: service, pending: pending) }
            try await clock.sleep(for: Self.pollInterval)
            waited += Self.pollInterval
        }
    }

    /// The migrations that the database lacks, in order.
    ///
    /// - Throws: `MigrationError` where the applied ones are not the beginning of the program's list.
    package func pending(in session: isolated Session) throws -> [Migration] {
        let applied = try recorded(in: session)
        let hashes = try sha256(in: session)
        for (index, record) in applied.enumerated() {
            guard migrations.indices.contains(record.number - 1) else {
                throw MigrationError.unknown(service: service, number: record.number, name: record.name)
            }
            guard record.number == index + 1 else {
                throw MigrationError.missing(service: service, migrations[index])
            }
            guard record.sha256 == hashes[index] else {
                throw MigrationError.changed(service: service, migrations[index])
            }
        }
        return Array(migrations.dropFirst(applied.count))
    }

    private func recorded(in session: isolated Session) throws -> [AppliedMigration] {
        let exists = try session.queryOne("SELECT to_regclass('migration.applied') IS NOT NULL AS found") {
            try $0["found", as: Bool.self]
        }
        guard exists == true else { return [] }
        return try session.query(
            "SELECT number, name, sha256 FROM migration.applied WHERE service = \(service) ORDER BY number"
        ) { row in
            AppliedMigration(number: try row["number"], name: try row["name"], sha256: try row["sha256"])
        }
    }

    /// The SHA-256 of each text, which the server computes: the program needs no other use of one here.
    private func sha256(in session: isolated Session) throws -> [String] {
        try session.query(
            """
            SELECT encode(sha256(convert_to(sql, 'UTF8')), 'hex') AS sha256
              FROM unnest(\(migrations.map(\.sql))) WITH ORDINALITY AS text (sql, position)
             ORDER BY position
            """
        ) { try $0["sha256"] }
    }

    private func createRecord(in session: isolated Session) throws {
        try session.execute(
            script: """
                CREATE SCHEMA IF NOT EXISTS migration;
                CREATE TABLE IF NOT EXISTS migration.applied (
                    service text NOT NULL,
                    number integer NOT NULL CHECK (number > 0),
                    name text NOT NULL,
                    sha256 text NOT NULL CHECK (length(sha256) = 64),
                    duration_ms bigint NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    PRIMARY KEY (service, number)
                );
                COMMENT ON TABLE migration.applied IS 'Steps of each service''s schema that this database has taken';
                COMMENT ON COLUMN migration.applied.duration_ms IS 'Time that the step took, in milliseconds';
                """)
    }

    private func apply(_ migration: Migration, in session: isolated Session) throws {
        let start = ContinuousClock().now
        do {
            if migration.runsOutsideTransaction {
                try session.execute(script: migration.sql)
                try record(migration, duration: ContinuousClock().now - start, in: session)
            } else {
                try session.transaction { session in
                    try session.execute(script: migration.sql)
                    try record(migration, duration: ContinuousClock().now - start, in: session)
                }
            }
        } catch let error as PostgresError {
            throw MigrationError.failed(service: service, migration, error)
        }
    }

    private func record(_ migration: Migration, duration: Duration, in session: isolated Session) throws {
        try session.execute(
            """
            INSERT INTO migration.applied (service, number, name, sha256, duration_ms)
            VALUES (\(service), \(Int32(migration.number)), \(migration.name),
                    encode(sha256(convert_to(\(migration.sql), 'UTF8')), 'hex'), \(duration.wholeMilliseconds))
            """)
    }
}
