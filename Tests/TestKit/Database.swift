import Foundation
package import Logging
package import Postgres

/// A database of its own for one test, on the server that `NEPHO_TEST_POSTGRES` names.
package struct TestDatabase: Sendable {
    /// Connection string, for a program under test.
    package let url: String
    package let name: String
    package let pool: Pool
    package let logger: Logger

    /// Settings of a session beside the pool.
    package var connection: ConnectionSettings { ConnectionSettings(url: url, applicationName: "test") }

    /// Opens a session beside the pool and closes it afterwards.
    @discardableResult
    package func withSession<Result>(_ body: (Session) async throws -> Result) async throws -> Result {
        let session = try await Session.connect(connection, logger: logger)
        let result: Result
        do {
            result = try await body(session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
        return result
    }
}

/// Creates a database with some migrations applied, or an empty one, runs `body` and drops the database.
///
/// Where `body` throws, the database is kept and its address printed, to be looked into.
package func withDatabase(
    applying migrators: [Migrator] = [], sizeLimit: Int = 4, _ body: (TestDatabase) async throws -> Void
) async throws {
    await databaseGate.enter()
    do {
        try await withOneDatabase(applying: migrators, sizeLimit: sizeLimit, body)
    } catch {
        await databaseGate.leave()
        throw error
    }
    await databaseGate.leave()
}

/// Eight tests with a pool of four and a few sessions beside it stay below the hundred connections that PostgreSQL allows by
/// default, also when a second process runs tests.
private let databaseGate = Gate(limit: 8)

private func withOneDatabase(
    applying migrators: [Migrator], sizeLimit: Int, _ body: (TestDatabase) async throws -> Void
) async throws {
    let server = try TestEnvironment.postgres
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let name = "nepho_test_" + String(UInt64.random(in: .min ... .max), radix: 36)
    let template =
        migrators.isEmpty
        ? "template0" : try await DatabaseTemplates.shared.name(for: migrators, on: server, logger: logger)
    try await withAdministration(of: server, logger) { session in
        // Right after it was made, the template's last session may still be saying goodbye.
        try await eventually("the template can be copied") {
            try await session.execute("CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template)")
            return true
        }
    }
    let url = replacingDatabase(in: server, with: name)
    let settings = PoolSettings(
        connection: ConnectionSettings(url: url, applicationName: "test"), sizeLimit: sizeLimit, waitLimit: .seconds(30)
    )
    let pool = try Pool(settings, logger: logger)
    do {
        try await body(TestDatabase(url: url, name: name, pool: pool, logger: logger))
    } catch {
        print("The database of the failed test is kept: \(url)")
        await pool.close(within: .seconds(1))
        throw error
    }
    await pool.close(within: .seconds(5))
    try await withAdministration(of: server, logger) { session in
        // FORCE ends sessions that a test has left behind, or that still say goodbye.
        try await session.execute("DROP DATABASE \(identifier: name) WITH (FORCE)")
    }
}

/// The connection string with another database: in a URL its path, among `keyword=value` pairs a later `dbname`, which wins.
func replacingDatabase(in server: String, with name: String) -> String {
    guard let scheme = server.range(of: "://") else { return "\(server) dbname=\(name)" }
    let rest = server[scheme.upperBound...]
    let query = rest.firstIndex(of: "?") ?? rest.endIndex
    let path = rest[..<query].firstIndex(of: "/") ?? query
    return server[..<scheme.upperBound] + rest[..<path] + "/" + name + rest[query...]
}
