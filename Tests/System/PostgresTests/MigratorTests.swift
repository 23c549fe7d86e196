import Postgres
import TestKit
import Testing

private let first = Migration(number: 1, name: "server", sql: "CREATE TABLE server (server_id bigint PRIMARY KEY);")
private let second = Migration(number: 2, name: "server_name", sql: "ALTER TABLE server ADD COLUMN name text NOT NULL;")

private func apply(_ migrations: [Migration], to database: TestDatabase, service: String = "compute") async throws
    -> [Migration]
{
    try await database.withSession { session in
        try await Migrator.apply(service: service, migrations: migrations, in: session)
    }
}

@Suite struct MigratorTests {
    @Test("what is missing is applied in order and recorded; applying again changes nothing")
    func applying() async throws {
        try await withDatabase { database in
            #expect(try await apply([first], to: database) == [first])
            #expect(try await apply([first, second], to: database) == [second])
            #expect(try await apply([first, second], to: database) == [])
            let rows = try await database.pool.withSession { db in
                try db.query(
                    "SELECT service, number, name, sha256, duration_ms >= 0 AS timed FROM migration.applied ORDER BY number"
                ) { row in
                    #expect(try row["timed", as: Bool.self])
                    return
                        "\(try row["service", as: String.self]) \(try row["number", as: Int.self]) \(try row["name", as: String.self])"
                }
            }
            #expect(rows == ["compute 1 server", "compute 2 server_name"])
        }
    }

    @Test("a migration whose text was changed after it had been applied is refused, and nothing happens")
    func changed() async throws {
        try await withDatabase { database in
            _ = try await apply([first], to: database)
            let changed = Migration(number: 1, name: "server", sql: first.sql + " -- a comment is a change too")
            await #expect(throws: MigrationError.changed(service: "compute", changed)) {
                try await apply([changed, second], to: database)
            }
            let columns = try await database.pool.withSession { db in
                try db.query("SELECT attname FROM pg_attribute WHERE attrelid = 'server'::regclass AND attnum > 0") {
                    try $0["attname", as: String.self]
                }
            }
            #expect(columns == ["server_id"])
        }
    }

    @Test("a database that a newer program has migrated is refused by an older one")
    func newer() async throws {
        try await withDatabase { database in
            _ = try await apply([first, second], to: database)
            await #expect(throws: MigrationError.unknown(service: "compute", number: 2, name: "server_name")) {
                try await apply([first], to: database)
            }
            await #expect(throws: MigrationError.unknown(service: "compute", number: 2, name: "server_name")) {
                try await Migrator(service: "compute", migrations: [first])
                    .waitUntilCurrent(database.pool, limit: .seconds(5), clock: ContinuousClock())
            }
        }
    }

    @Test("a daemon waits for an older schema until the migrations are applied, and gives up at its limit")
    func waiting() async throws {
        try await withDatabase { database in
            _ = try await apply([first], to: database)
            let migrator = try Migrator(service: "compute", migrations: [first, second])
            await #expect(throws: MigrationError.behind(service: "compute", pending: [second])) {
                try await migrator.waitUntilCurrent(database.pool, limit: .milliseconds(200), clock: ContinuousClock())
            }
            async let wait: Void = migrator.waitUntilCurrent(
                database.pool, limit: .seconds(30), clock: ContinuousClock())
            _ = try await apply([first, second], to: database)
            try await wait
        }
    }

    @Test("a migration that fails leaves nothing behind and is named")
    func failing() async throws {
        try await withDatabase { database in
            let broken = Migration(
                number: 2, name: "broken", sql: "CREATE TABLE port (port_id bigint); SELECT nonsense;")
            let error = await #expect(throws: MigrationError.self) { try await apply([first, broken], to: database) }
            guard case .failed("compute", broken, let cause) = error else {
                Issue.record("Unexpected: \(String(describing: error))")
                return
            }
            #expect(cause.sqlState == "42703")
            let found = try await database.pool.withSession { db in
                try db.queryOne(
                    "SELECT to_regclass('port') IS NULL AS gone, (SELECT count(*) FROM migration.applied) AS n"
                ) { row in
                    (try row["gone", as: Bool.self], try row["n", as: Int.self])
                }
            }
            #expect(found?.0 == true)
            #expect(found?.1 == 1)
        }
    }

    @Test("migrators that run at the same time, for one service or several, apply each migration once")
    func concurrency() async throws {
        try await withDatabase { database in
            let other = [Migration(number: 1, name: "port", sql: "CREATE TABLE port (port_id bigint);")]
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await apply([first, second], to: database).count }
                    group.addTask { try await apply(other, to: database, service: "networking").count }
                }
                return try await group.reduce(0, +)
            }
            #expect(counts == 3)
        }
    }

    @Test("a migration that asks for it runs outside of a transaction, beside another migrator that waits")
    func outsideTransaction() async throws {
        try await withDatabase { database in
            let index = Migration(
                number: 2, name: "server_index",
                sql: "-- no transaction\nCREATE INDEX CONCURRENTLY server_index ON server (server_id);")
            async let one = apply([first, index], to: database)
            async let two = apply([first, index], to: database)
            let counts = (try await one.count, try await two.count)
            #expect(counts.0 + counts.1 == 2)
        }
    }

    @Test("a list with a gap is a programmer's error that is told before anything happens")
    func gap() {
        #expect(throws: MigrationError.misnumbered(service: "compute", second, expected: 1)) {
            try Migrator(service: "compute", migrations: [second])
        }
    }
}
