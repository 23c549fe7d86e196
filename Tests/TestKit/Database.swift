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

/// Creates an empty database, applies migrations, runs `body` and drops the database.
///
/// Where `body` throws, the database is kept and its address printed, to be looked into.
///
/// - Parameters:
///   - migrators: the schemas that the test needs.
///   - sizeLimit: sessions in the pool at most.
package func withDatabase(
    applying migrators: [Migrator] = [], sizeLimit: Int = 4, _ body: (TestDatabase) async throws -> Void
) async throws {
    let server = try TestEnvironment.postgres
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let name = "nepho_test_" + String(UInt64.random(in: .min ... .max), radix: 36)
    let administration = try await Session.connect(
        ConnectionSettings(url: server, applicationName: "test administration"), logger: logger)
    try await administration.execute("CREATE DATABASE \(identifier: name) TEMPLATE template0")
    let url = replacingDatabase(in: server, with: name)
    let settings = PoolSettings(
        connection: ConnectionSettings(url: url, applicationName: "test"), sizeLimit: sizeLimit, waitLimit: .seconds(30)
    )
    let pool = try Pool(settings, logger: logger)
    let database = TestDatabase(url: url, name: name, pool: pool, logger: logger)
    do {
        if !migrators.isEmpty {
            try await database.withSession { session in
                for migrator in migrators { _ = try await migrator.apply(in: session) }
            }
        }
        try await body(database)
    } catch {
        print("The database of the failed test is kept: \(url)")
        await pool.close(within: .seconds(1))
        await administration.close()
        throw error
    }
    await pool.close(within: .seconds(5))
    // FORCE ends sessions that a test has left behind, or that still say goodbye.
    try await administration.execute("DROP DATABASE \(identifier: name) WITH (FORCE)")
    await administration.close()
}

/// The connection string with another database: in a URL its path, among `keyword=value` pairs a later `dbname`, which wins.
private func replacingDatabase(in server: String, with name: String) -> String {
    guard let scheme = server.range(of: "://") else { return "\(server) dbname=\(name)" }
    let rest = server[scheme.upperBound...]
    let query = rest.firstIndex(of: "?") ?? rest.endIndex
    let path = rest[..<query].firstIndex(of: "/") ?? query
    return server[..<scheme.upperBound] + rest[..<path] + "/" + name + rest[query...]
}
