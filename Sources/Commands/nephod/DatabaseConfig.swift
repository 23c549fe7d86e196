import Postgres
import ServiceKit

/// The section `database` of the configuration file.
struct DatabaseConfig: ConfigSection {
    static let section = "database"
    static let about = "PostgreSQL. The collector and weighing roles don't use it."
    static let url = "postgresql:///nephoscope"
    /// A statement of ours takes milliseconds; one that takes minutes hangs, and keeps others waiting.
    static let statementTimeout = Duration.seconds(300)
    /// Reports are few and their work is the server's; a fifth one waits its turn.
    static let questionSessions = 4

    let url: Secret
    let sessions: Int
    let questionSessions: Int
    let statementTimeout: Duration

    init(reading section: SectionReader) {
        url = section.secret("url", default: Self.url, "libpq's connection string; may hold a password.")
        sessions = section.int(
            "sessions", default: PoolSettings.defaultSizeLimit, in: 2...64,
            "Sessions of this process for ingestion, compaction and alarms at most.")
        questionSessions = section.int(
            "api_sessions", default: Self.questionSessions, in: 1...64,
            "Further sessions at most that the role api answers with, so that slow questions hold up nothing else.")
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

    /// The sessions for what the API is asked; nobody waits for a statement longer than for the answer.
    func questionPool(deadline: Duration) -> PoolSettings {
        PoolSettings(
            connection: ConnectionSettings(
                url: url.reveal(), applicationName: "nephod api", statementTimeout: min(statementTimeout, deadline)),
            sizeLimit: questionSessions)
    }

    /// A session for migrations, which may take as long as they need.
    var migration: ConnectionSettings {
        ConnectionSettings(url: url.reveal(), applicationName: "nephod migrate")
    }
}
