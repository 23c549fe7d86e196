import Glibc
import Logging
import Postgres

/// Databases with migrations applied, made once per process and set of migrations, from which tests' databases are copied: a copy
/// takes less time than the migrations.
///
/// A test process has no end that it could clean up at; so the first template of a process drops those of processes that are gone.
actor DatabaseTemplates {
    static let shared = DatabaseTemplates()

    private static let prefix = "nepho_template_"
    private var templates: [String: Task<String, any Error>] = [:]

    /// The name of a database with these migrations.
    func name(for migrators: [Migrator], on server: String, logger: Logger) async throws -> String {
        let key = server + migrators.map { "\($0.service) \($0.migrations)" }.joined()
        if let template = templates[key] { return try await template.value }
        let isFirst = templates.isEmpty
        // All tests that ask meanwhile wait for the same task.
        let template = Task {
            if isFirst { try await Self.dropAbandoned(on: server, logger: logger) }
            return try await Self.make(migrators, on: server, logger: logger)
        }
        templates[key] = template
        return try await template.value
    }

    private static func make(_ migrators: [Migrator], on server: String, logger: Logger) async throws -> String {
        let name = "\(prefix)\(getpid())_" + String(UInt64.random(in: .min ... .max), radix: 36)
        try await withAdministration(of: server, logger) { session in
            try await session.execute("CREATE DATABASE \(identifier: name) TEMPLATE template0")
        }
        let url = replacingDatabase(in: server, with: name)
        try await withAdministration(of: url, logger) { session in
            for migrator in migrators { _ = try await migrator.apply(in: session) }
        }
        return name
    }

    private static func dropAbandoned(on server: String, logger: Logger) async throws {
        try await withAdministration(of: server, logger) { session in
            let names = try await session.query("SELECT datname FROM pg_database WHERE datname LIKE \(prefix + "%")") {
                try $0["datname", as: String.self]
            }
            for name in names {
                guard let process = name.dropFirst(prefix.count).split(separator: "_").first.flatMap({ pid_t($0) }),
                    kill(process, 0) != 0, errno == ESRCH
                else { continue }
                try await session.execute("DROP DATABASE IF EXISTS \(identifier: name)")
            }
        }
    }
}

/// Opens a session for a few statements beside the tests, and closes it.
@discardableResult
func withAdministration<Result>(
    of url: String, _ logger: Logger, _ body: (Session) async throws -> Result
) async throws -> Result {
    let session = try await Session.connect(
        ConnectionSettings(url: url, applicationName: "test administration"), logger: logger)
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
