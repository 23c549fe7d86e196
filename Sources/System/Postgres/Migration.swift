/// One step in the history of a service's schema.
package struct Migration: Hashable, Sendable {
    /// The place in the order: 1 for the first.
    package let number: Int
    /// A few words, from the file's name.
    package let name: String
    package let sql: String

    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// A migration from the bytes of its file `m0001_name.sql`, as the build embeds them.
    package init(_ number: Int, _ name: String, _ file: [UInt8]) {
        self.init(number: number, name: name, sql: String(decoding: file, as: UTF8.self))
    }

    /// Whether the file asks to be run outside of a transaction, by its first line; for `CREATE INDEX CONCURRENTLY`.
    var runsOutsideTransaction: Bool { sql.hasPrefix("-- no transaction") }
}

extension Migration: CustomStringConvertible {
    package var description: String {
        let digits = String(number)
        return "m" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
    }
}

/// A migration that has been applied to a database.
package struct AppliedMigration: Hashable, Sendable {
    package let number: Int
    package let name: String
    package let sha256: String
}

/// Why a schema does not fit the program.
///
/// None of these passes by itself.
package enum MigrationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text of an applied migration is not the one that was applied.
    case changed(service: String, Migration)
    /// The database has a migration that this program does not know: a newer program was here.
    case unknown(service: String, number: Int, name: String)
    /// A migration in the middle was never applied.
    case missing(service: String, Migration)
    /// The program's own list does not count 1, 2, 3 and so on.
    case misnumbered(service: String, Migration, expected: Int)
    case failed(service: String, Migration, PostgresError)
    /// The schema stayed older than the program for as long as it would wait.
    case behind(service: String, pending: [Migration])

    package var description: String {
        switch self {
        case .changed(let service, let migration):
            "\(service): \(migration) was changed after it had been applied; restore its text and put the change in a new migration"
        case .unknown(let service, let number, let name):
            "\(service): the database has migration \(number) (\(name)), which this program does not know; it needs a newer program"
        case .missing(let service, let migration):
            "\(service): \(migration) was never applied, but later ones were"
        case .misnumbered(let service, let migration, let expected):
            "\(service): \(migration) stands where number \(expected) is due"
        case .failed(let service, let migration, let error): "\(service): \(migration) failed: \(error)"
        case .behind(let service, let pending):
            "\(service): the schema is older than the program; run the migrations: \(pending.map(\.description).joined(separator: ", "))"
        }
    }
}
