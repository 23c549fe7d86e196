import Postgres
import ServiceKit

/// The section `database` of the configuration file.
struct DatabaseConfig: ConfigSection {
    static let section = "database"
    static let about = "PostgreSQL. The collector and weighing roles don't use it."
    static let url = "postgresql:///nephoscope"
    /// A statement of ours takes milliseconds; one that takes minutes hangs, and keeps others waiting.
    static let statementTimeout = Duration.seconds(300)

    let url: Secret
    let sessions: Int
    let statementTimeout: Duration

    init(reading section: SectionReader) {
        url = section.secret("url", default: Self.url, "libpq's connection string; may hold a password.")
        sessions = section.int(
            "sessions", default: PoolSettings.defaultSizeLimit, in: 2...64, "Sessions of this process at most.")
        statementTimeout = section.duration(
            "statement_timeout", default: Self.statementTimeout, in: .seconds(1)...(.seconds(86_400)),
            "The server ends a statement that takes longer.")
    }

    var pool: PoolSettings {
        PoolSettings(
            connection: ConnectionSettings(
                url: url.reveal(), applicationName: "nephod", statementTimeout: statementTimeout),
            sizeLimit: sessions)
    }

    /// A session for migrations, which may take as long as they need.
    var migration: ConnectionSettings {
        ConnectionSettings(url: url.reveal(), applicationName: "nephod migrate")
    }
}
