import Postgres
import TestKit
import Testing

private struct Refusal: Error, Equatable {}

@Suite struct CopyTests {
    private static let table: SQL =
        "CREATE TABLE measure (at timestamptz, value double precision, name text, size bigint CHECK (size >= 0))"

    @Test("many rows go in and come out in order, more than one piece of memory holds")
    func manyRows() async throws {
        try await withDatabase { database in
            let sum = try await database.pool.transaction { db in
                try db.execute(Self.table)
                let count = try db.copyIn(into: "measure", columns: ["size", "name", "value", "at"]) { writer in
                    for number in 0..<20_000 {
                        try writer.row(
                            number, number.isMultiple(of: 3) ? nil : "n\(number)", Double(number) / 4,
                            Timestamp(microseconds: Int64(number)))
                    }
                }
                #expect(count == 20_000)
                var next = 0
                let read = try db.copyOut("SELECT name, size, value FROM measure ORDER BY size") { row in
                    let size: Int = try row["size"]
                    #expect(size == next)
                    #expect(try row["name", as: String?.self] == (size.isMultiple(of: 3) ? nil : "n\(size)"))
                    next += 1
                }
                #expect(read == 20_000)
                return try db.queryOne("SELECT sum(value) AS sum FROM measure") { try $0["sum", as: Double.self] }
            }
            #expect(sum == (0..<20_000).reduce(0) { $0 + Double($1) / 4 })
        }
    }

    @Test("a closure that throws loads nothing, and the session goes on")
    func stopped() async throws {
        try await withDatabase { database in
            try await database.withSession { session in
                try await session.execute(Self.table)
                await #expect(throws: Refusal()) {
                    try await session.perform { db in
                        _ = try db.copyIn(into: "measure", columns: ["size"]) { writer in
                            for number in 0..<50_000 { try writer.row(number) }
                            throw Refusal()
                        }
                    }
                }
                let count = try await session.perform { db in
                    try db.queryOne("SELECT count(*) AS n FROM measure") { try $0["n", as: Int.self] }
                }
                #expect(count == 0)
            }
        }
    }

    @Test("a row that breaks a constraint fails the whole COPY with the server's error, and the session goes on")
    func refused() async throws {
        try await withDatabase { database in
            try await database.withSession { session in
                try await session.execute(Self.table)
                let error = await #expect(throws: PostgresError.self) {
                    try await session.perform { db in
                        _ = try db.copyIn(into: "measure", columns: ["size"]) { writer in
                            for number in 0..<100_000 { try writer.row(number == 5 ? -1 : number) }
                        }
                    }
                }
                #expect(error?.sqlState == .checkViolation)
                #expect(
                    try await session.perform { db in
                        try db.queryOne("SELECT count(*) AS n FROM measure") { try $0["n", as: Int.self] }
                    } == 0)
            }
        }
    }

    @Test("values of another type than the column's are refused before they are misread")
    func types() async throws {
        try await withDatabase { database in
            try await database.withSession { session in
                try await session.execute(Self.table)
                let error = await #expect(throws: PostgresError.self) {
                    try await session.perform { db in
                        _ = try db.copyIn(into: "measure", columns: ["value"]) { try $0.row(1) }
                    }
                }
                #expect(error?.sqlState == .datatypeMismatch)
                let unknown = await #expect(throws: PostgresError.self) {
                    try await session.perform { db in
                        _ = try db.copyIn(into: "measure", columns: ["weight"]) { try $0.row(1) }
                    }
                }
                #expect(unknown?.sqlState == "42703")
                #expect(
                    try await session.perform { db in
                        try db.copyIn(into: "measure", columns: ["value"]) { try $0.row(1.5) }
                    } == 1)
            }
        }
    }

    @Test("a reader that throws in the middle of the rows leaves the session in order")
    func stoppedReading() async throws {
        try await withDatabase { database in
            try await database.withSession { session in
                await #expect(throws: Refusal()) {
                    try await session.perform { db in
                        _ = try db.copyOut("SELECT n FROM generate_series(1, 10000000) AS s (n)") { _ in throw Refusal()
                        }
                    }
                }
                let one = try await session.perform { db in
                    try db.queryOne("SELECT 1::bigint AS one") { try $0["one", as: Int.self] }
                }
                #expect(one == 1)
            }
        }
    }
}
