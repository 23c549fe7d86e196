import Postgres
import TestKit
import Testing

private struct Refusal: Error, Equatable {}

private func count(_ database: TestDatabase) async throws -> Int {
    try await database.pool.withSession { db in
        try db.queryOne("SELECT count(*) AS n FROM thing") { try $0["n", as: Int.self] } ?? -1
    }
}

private let makeTable: SQL = "CREATE TABLE thing (thing_id bigint PRIMARY KEY, size bigint CHECK (size > 0))"

@Suite struct SessionTests {
    @Test("a transaction commits when its closure returns and leaves nothing when it throws")
    func transaction() async throws {
        try await withDatabase { database in
            try await database.pool.withSession { db in try db.execute(makeTable) }
            let touched = try await database.pool.transaction { db in
                try db.execute("INSERT INTO thing (thing_id, size) SELECT n, n FROM generate_series(1, \(3)) AS s (n)")
            }
            #expect(touched == 3)
            await #expect(throws: Refusal()) {
                try await database.pool.transaction { db in
                    try db.execute("DELETE FROM thing")
                    throw Refusal()
                }
            }
            #expect(try await count(database) == 3)
        }
    }

    @Test("a nested transaction that throws undoes its own work only")
    func savepoints() async throws {
        try await withDatabase { database in
            try await database.pool.withSession { db in try db.execute(makeTable) }
            try await database.pool.transaction { db in
                try db.execute("INSERT INTO thing (thing_id) VALUES (1)")
                do {
                    try db.nested { db in
                        try db.execute("INSERT INTO thing (thing_id) VALUES (2)")
                        try db.nested { db in try db.execute("INSERT INTO thing (thing_id) VALUES (3)") }
                        try db.execute("INSERT INTO thing (thing_id) VALUES (1)")
                    }
                } catch let error as PostgresError {
                    #expect(error.sqlState == .uniqueViolation)
                }
                try db.nested { db in try db.execute("INSERT INTO thing (thing_id) VALUES (4)") }
            }
            #expect(try await count(database) == 2)
        }
    }

    @Test("a transaction whose failed statement was not passed on does not pretend to have committed")
    func swallowedFailure() async throws {
        try await withDatabase { database in
            try await database.pool.withSession { db in try db.execute(makeTable) }
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.transaction { db in
                    try db.execute("INSERT INTO thing (thing_id) VALUES (1)")
                    do { try db.execute("INSERT INTO thing (thing_id) VALUES (1)") } catch {}
                }
            }
            #expect(error?.sqlState == .failedTransaction)
            #expect(try await count(database) == 0)
        }
    }

    @Test("a transaction in a transaction is refused, and so is a savepoint without one")
    func misuse() async throws {
        try await withDatabase { database in
            let nested = await #expect(throws: PostgresError.self) {
                try await database.pool.transaction { db in try db.transaction { _ in } }
            }
            #expect(nested?.sqlState == .activeTransaction)
            let outside = await #expect(throws: PostgresError.self) {
                try await database.pool.withSession { db in try db.nested { _ in } }
            }
            #expect(outside?.sqlState == .noActiveTransaction)
        }
    }

    @Test(
        "an error carries the server's code, the constraint and the statement",
        arguments: [
            ("INSERT INTO thing (thing_id, size) VALUES (1, 0)", SQLState.checkViolation, "thing_size_check"),
            ("INSERT INTO thing (thing_id) SELECT 7 FROM generate_series(1, 2)", .uniqueViolation, "thing_pkey"),
            ("INSERT INTO thing (size) VALUES (1)", .notNullViolation, nil),
            ("SELECT nonsense", "42703", nil),
            ("SELEC", .syntaxError, nil),
        ] as [(String, SQLState, String?)])
    func errors(text: String, state: SQLState, constraint: String?) async throws {
        try await withDatabase { database in
            try await database.pool.withSession { db in try db.execute(makeTable) }
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.withSession { db in try db.execute("\(unsafeSQL: text)") }
            }
            #expect(error?.sqlState == state)
            #expect(error?.constraint == constraint)
            #expect(error?.operation == text)
            #expect(error?.isRetriable == false)
            #expect(error?.isFatal == false)
        }
    }

    @Test("two transactions that lock each other's rows: one fails with a deadlock, which is worth another try")
    func deadlock() async throws {
        try await withDatabase { database in
            try await database.pool.withSession { db in
                try db.execute(makeTable)
                try db.execute("INSERT INTO thing (thing_id) VALUES (1), (2)")
            }
            let first = AdvisoryLock("first row")
            let second = AdvisoryLock("second row")
            func lockBoth(_ mine: Int, _ other: Int, _ flag: AdvisoryLock, _ otherFlag: AdvisoryLock) async
                -> PostgresError?
            {
                do {
                    try await database.pool.transaction { db in
                        try db.execute("UPDATE thing SET size = 1 WHERE thing_id = \(mine)")
                        // Both hold a row each before either asks for the other's.
                        _ = try db.tryLockInTransaction(flag)
                        while try db.tryLockInTransaction(otherFlag) {
                            throw Refusal()
                        }
                        try db.execute("UPDATE thing SET size = 2 WHERE thing_id = \(other)")
                    }
                    return nil
                } catch {
                    return error as? PostgresError
                }
            }
            // The one that comes first finds the other's flag free and gives up; together they meet sooner or later.
            let error = try await eventually("a deadlock is detected", within: .seconds(30)) { () -> PostgresError? in
                async let one = lockBoth(1, 2, first, second)
                async let two = lockBoth(2, 1, second, first)
                return [await one, await two].compactMap { $0 }.first
            }
            #expect(error.sqlState == .deadlockDetected)
            #expect(error.isRetriable)
        }
    }

    @Test("a serializable transaction that conflicts is worth another try")
    func serialization() async throws {
        try await withDatabase { database in
            try await database.pool.withSession { db in
                try db.execute(makeTable)
                try db.execute("INSERT INTO thing (thing_id, size) VALUES (1, 1)")
            }
            try await database.withSession { other in
                let error = await #expect(throws: PostgresError.self) {
                    try await other.execute(script: "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT size FROM thing")
                    try await database.pool.withSession { db in try db.execute("UPDATE thing SET size = size + 1") }
                    try await other.execute("UPDATE thing SET size = size + 1")
                }
                #expect(error?.sqlState == .serializationFailure)
                #expect(error?.isRetriable == true)
            }
        }
    }

    @Test("a server that is not there is a retriable failure of the connection; an unknown database is not retriable")
    func unreachable() async throws {
        try await withDatabase { database in
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await Session.connect(
                    ConnectionSettings(url: "postgresql://127.0.0.1:1/x", applicationName: "test"),
                    logger: database.logger)
            }
            #expect(refused?.sqlState == .connectionRefused)
            #expect(refused?.isRetriable == true)
            var settings = database.connection
            settings.url += "_gone"
            let unknown = await #expect(throws: PostgresError.self) {
                _ = try await Session.connect(settings, logger: database.logger)
            }
            #expect(unknown?.sqlState == "3D000")
            #expect(unknown?.isRetriable == false)
        }
    }

    @Test("a statement that takes longer than its limit is ended by the server")
    func statementTimeout() async throws {
        try await withDatabase { database in
            var settings = database.connection
            settings.statementTimeout = .milliseconds(50)
            let session = try await Session.connect(settings, logger: database.logger)
            let error = await #expect(throws: PostgresError.self) { try await session.execute("SELECT pg_sleep(30)") }
            #expect(error?.sqlState == .queryCanceled)
            await session.close()
        }
    }

    @Test("a notification arrives with its payload; without one the wait ends at its limit")
    func notifications() async throws {
        try await withDatabase { database in
            try await database.withSession { listener in
                try await listener.listen(to: "news")
                #expect(try await listener.notifications(timeout: .milliseconds(20)).isEmpty)
                try await database.pool.transaction { db in
                    try db.notify("news", payload: "first")
                    try db.notify("news", payload: "second")
                }
                let arrived = try await listener.notifications(timeout: .seconds(10))
                #expect(arrived.map(\.payload) == ["first", "second"])
                #expect(arrived.allSatisfy { $0.channel == "news" })
            }
        }
    }

    @Test("an advisory lock is held by one session at a time")
    func advisoryLocks() async throws {
        try await withDatabase { database in
            let lock = AdvisoryLock("test")
            try await database.withSession { first in
                let isFirst = try await first.tryLock(lock)
                let isSecond = try await database.pool.transaction { db in try db.tryLockInTransaction(lock) }
                let wasHeld = try await first.unlock(lock)
                let isThird = try await database.pool.transaction { db in try db.tryLockInTransaction(lock) }
                #expect([isFirst, isSecond, wasHeld, isThird] == [true, false, true, true])
            }
        }
    }
}
