import Postgres
import TestKit
import Testing

extension Pool {
    fileprivate func processID() async throws -> Int32 {
        try await withSession { db in try db.processID }
    }
}

@Suite struct PoolTests {
    @Test("many tasks share few sessions, and each gets its turn")
    func sharing() async throws {
        try await withDatabase(sizeLimit: 2) { database in
            let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<50 { group.addTask { try await database.pool.processID() } }
                return try await group.reduce(into: [Int32]()) { $0.append($1) }
            }
            #expect(processes.count == 50)
            #expect(Set(processes).count <= 2)
            #expect(database.pool.occupancy == PoolOccupancy(idle: Set(processes).count, inUse: 0, waiting: 0))
        }
    }

    @Test("one who waits longer than the limit gets an error, and the pool serves on")
    func exhaustion() async throws {
        try await withDatabase { database in
            let settings = PoolSettings(connection: database.connection, sizeLimit: 1, waitLimit: .milliseconds(100))
            let pool = try Pool(settings, logger: database.logger)
            async let long: Void = pool.withSession { db in
                try db.execute("SELECT pg_sleep(1)"); return
            }
            try await eventually("the only session is in use") { pool.occupancy.inUse == 1 }
            await #expect(throws: PoolError.exhausted(sizeLimit: 1, waited: .milliseconds(100))) {
                try await pool.processID()
            }
            try await long
            _ = try await pool.processID()
            await pool.close(within: .seconds(5))
        }
    }

    @Test("a session that the server ended while it was idle is replaced without anybody noticing")
    func lostWhileIdle() async throws {
        try await withDatabase(sizeLimit: 1) { database in
            let first = try await database.pool.processID()
            try await database.withSession { other in
                try await other.execute("SELECT pg_terminate_backend(\(first), 5000)")
            }
            let second = try await database.pool.processID()
            #expect(first != second)
        }
    }

    @Test("a session that the server ends during a statement is a retriable fatal error, and replaced")
    func lostInUse() async throws {
        try await withDatabase(sizeLimit: 1) { database in
            let process = try await database.pool.processID()
            let pool = database.pool
            async let statement: PostgresError? = {
                do {
                    try await pool.transaction { db in try db.execute("SELECT pg_sleep(30)") }
                    return nil
                } catch {
                    return error as? PostgresError
                }
            }()
            try await database.withSession { other in
                try await eventually("the statement runs") {
                    try await other.perform { db in
                        try db.queryOne("SELECT state = 'active' AS busy FROM pg_stat_activity WHERE pid = \(process)")
                        { try $0["busy", as: Bool.self] }
                    } == true
                }
                try await other.execute("SELECT pg_terminate_backend(\(process), 5000)")
            }
            let error = try #require(await statement)
            #expect(error.sqlState == .adminShutdown)
            #expect(error.isFatal && error.isRetriable && !error.isOutcomeUnknown)
            #expect(try await pool.processID() != process)
        }
    }

    @Test("a connection lost during COMMIT is reported as an unknown outcome, which is not to be repeated blindly")
    func lostInCommit() async throws {
        try await withDatabase(sizeLimit: 1) { database in
            try await database.pool.withSession { db in
                try db.execute(
                    script: """
                        CREATE TABLE thing (thing_id bigint);
                        CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
                            'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
                        CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED
                            FOR EACH ROW EXECUTE FUNCTION leave();
                        """)
            }
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.transaction { db in try db.execute("INSERT INTO thing VALUES (1)") }
            }
            #expect(error?.sqlState == .transactionResolutionUnknown)
            #expect(error?.isOutcomeUnknown == true)
            #expect(error?.isRetriable == false)
        }
    }

    @Test("cancelling a task ends its statement on the server, and the session is replaced")
    func cancellation() async throws {
        try await withDatabase(sizeLimit: 1) { database in
            let process = try await database.pool.processID()
            let pool = database.pool
            let outcome = await withTaskGroup(of: (any Error)?.self) { group in
                group.addTask {
                    do {
                        try await pool.transaction { db in try db.execute("SELECT pg_sleep(3600)") }
                        return nil
                    } catch {
                        return error
                    }
                }
                try? await eventually("the statement runs") { pool.occupancy.inUse == 1 }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(outcome is CancellationError)
            #expect(try await pool.processID() != process)
        }
    }

    @Test("cancelling a task that waits for a session takes it out of the queue at once")
    func cancelledWait() async throws {
        try await withDatabase(sizeLimit: 1) { database in
            let pool = database.pool
            async let long: Void = pool.withSession { db in
                try db.execute("SELECT pg_sleep(1)"); return
            }
            try await eventually("the only session is in use") { pool.occupancy.inUse == 1 }
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await pool.processID()
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                try? await eventually("a task waits") { pool.occupancy.waiting == 1 }
                group.cancelAll()
                #expect(await group.next() == true)
            }
            #expect(pool.occupancy.waiting == 0)
            try await long
        }
    }

    @Test("a cancelled task never ends the statement of another one")
    func cancellationHitsNobodyElse() async throws {
        try await withDatabase(sizeLimit: 2) { database in
            let pool = database.pool
            let finished = await withTaskGroup(of: Int.self) { group in
                for round in 0..<60 {
                    group.addTask {
                        await withTaskGroup(of: Void.self) { victims in
                            victims.addTask {
                                // Whether it ends by itself or is cancelled is chance; that nobody else is hit is the point.
                                do {
                                    try await pool.withSession { db in try db.execute("SELECT pg_sleep(0.005)") }
                                } catch {}
                            }
                            if round.isMultiple(of: 2) { victims.cancelAll() }
                        }
                        return 0
                    }
                    group.addTask {
                        do {
                            try await pool.withSession { db in try db.execute("SELECT pg_sleep(0.002)") }
                            return 1
                        } catch {
                            Issue.record("A task that was not cancelled failed: \(error)")
                            return 0
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(finished == 60)
        }
    }

    @Test("a pool that closes lets what runs finish, refuses newcomers, and interrupts what takes too long")
    func closing() async throws {
        try await withDatabase { database in
            let settings = PoolSettings(connection: database.connection, sizeLimit: 2)
            let patient = try Pool(settings, logger: database.logger)
            async let short: Int32 = patient.withSession { db in
                try db.execute("SELECT pg_sleep(0.3)")
                return try db.processID
            }
            try await eventually("the statement runs") { patient.occupancy.inUse == 1 }
            await patient.close(within: .seconds(20))
            _ = try await short
            await #expect(throws: PoolError.closed) { try await patient.processID() }

            let hasty = try Pool(settings, logger: database.logger)
            async let long: Bool = {
                do {
                    try await hasty.withSession { db in
                        try db.execute("SELECT pg_sleep(3600)"); return
                    }
                    return true
                } catch {
                    return false
                }
            }()
            try await eventually("the statement runs") { hasty.occupancy.inUse == 1 }
            await hasty.close(within: .milliseconds(100))
            #expect(await long == false)
        }
    }
}
