import Postgres
import ServiceKit

/// Section `database`: how PostgreSQL is reached.
struct DatabaseConfig: ConfigSection {
    static let section = "database"
    static let about = "PostgreSQL 15 or later."
    static let url = "postgresql:///nephoscope"
    static let statementTimeout = Duration.seconds(300)

    let url: Secret
    let sizeLimit: Int
    let waitLimit: Duration
    let connectTimeout: Duration
    let statementTimeout: Duration

    init(reading section: SectionReader) {
        url = section.secret(
            "url", default: Self.url,
            "libpq's connection string, URL or keywords; a password stands better in ~/.pgpass.")
        sizeLimit = section.int(
            "sessions", default: PoolSettings.defaultSizeLimit, in: 1...200,
            "Sessions of this process at most; twice the processors is plenty.")
        waitLimit = section.duration(
            "session_wait", default: PoolSettings.defaultWaitLimit, in: .milliseconds(100)...(.seconds(300)),
            "How long a task waits for a session before it gives up.")
        connectTimeout = section.duration(
            "connect_timeout", default: ConnectionSettings.defaultConnectTimeout, in: .seconds(2)...(.seconds(300)),
            "How long an attempt to connect may take.")
        statementTimeout = section.duration(
            "statement_timeout", default: Self.statementTimeout, in: .seconds(1)...(.seconds(86_400)),
            "The server ends a statement that takes longer.")
    }

    /// The settings of the process' pool.
    var pool: PoolSettings { PoolSettings(connection: connection, sizeLimit: sizeLimit, waitLimit: waitLimit) }

    /// The settings of sessions that only read and write.
    private var connection: ConnectionSettings {
        ConnectionSettings(
            url: url.reveal(), applicationName: "nephod", connectTimeout: connectTimeout,
            statementTimeout: statementTimeout)
    }

    /// The settings of the session that migrates, in which a statement may take its time.
    var migration: ConnectionSettings {
        ConnectionSettings(url: url.reveal(), applicationName: "nephod migrate", connectTimeout: connectTimeout)
    }
}
