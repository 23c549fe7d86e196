import Postgres
import TestKit
import Testing

@Suite struct SQLTests {
    @Test("an interpolated value never becomes part of the text")
    func bindings() async throws {
        try await withDatabase { database in
            let hostile = "x'; DROP TABLE server; --"
            let rows = try await database.pool.withSession { db in
                try db.query("SELECT \(hostile) AS text, \(7) AS number") { row in
                    (try row["text", as: String.self], try row["number", as: Int.self])
                }
            }
            #expect(rows.count == 1)
            #expect(rows[0] == (hostile, 7))
        }
    }

    @Test("a part keeps its bindings when it is put into another statement")
    func parts() async throws {
        try await withDatabase { database in
            let low = 3
            let condition: SQL = "number BETWEEN \(low) AND \(low + 2)"
            let rows = try await database.pool.withSession { db in
                try db.query(
                    "SELECT number * \(10) AS n FROM generate_series(1, 9) AS s (number) WHERE \(condition) AND number <> \(4)"
                ) {
                    try $0["n", as: Int.self]
                }
            }
            #expect(rows == [30, 50])
        }
    }

    @Test("identifiers are quoted", arguments: ["plain", "with space", "with\"quote", "drop table x;"])
    func identifiers(name: String) async throws {
        try await withDatabase { database in
            let table = TableName(schema: "public", name: name)
            let found = try await database.pool.withSession { db in
                try db.execute("CREATE TABLE \(table) (\(identifier: name) bigint)")
                try db.execute("INSERT INTO \(table) (\(identifier: name)) VALUES (\(1))")
                return try db.queryOne("SELECT \(identifier: name) AS value FROM \(table)") {
                    try $0["value", as: Int.self]
                }
            }
            #expect(found == 1)
        }
    }
}
