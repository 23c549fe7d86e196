import Postgres
import TestKit
import Testing

/// Sends values through a table's column and compares what comes back, once as parameter and once by COPY.
private func roundTrip<Value: SQLBindable & SQLDecodable & Equatable>(
    _ values: [Value], column: String, in database: TestDatabase
) async throws {
    let copied = try await database.pool.withSession { db in
        try db.execute("DROP TABLE IF EXISTS value")
        try db.execute("CREATE TABLE value (position bigint, content \(unsafeSQL: column))")
        for (position, value) in values.enumerated() {
            try db.execute("INSERT INTO value (position, content) VALUES (\(position), \(value))")
        }
        let bound = try db.query("SELECT content FROM value ORDER BY position") { try $0["content", as: Value.self] }
        #expect(bound == values)
        try db.execute("DELETE FROM value")
        let count = try db.copyIn(into: "value", columns: ["position", "content"]) { writer in
            for (position, value) in values.enumerated() { try writer.row(position, value) }
        }
        #expect(count == values.count)
        var copied: [Value] = []
        try db.copyOut("SELECT content FROM value ORDER BY position") { copied.append(try $0["content"]) }
        return copied
    }
    #expect(copied == values)
}

@Suite struct TypeTests {
    @Test(
        "values of every type come back as they went, by parameter and by COPY, at the edges and at random",
        arguments: [1, 2])
    func roundTrips(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await withDatabase { database in
            try await roundTrip([true, false], column: "boolean", in: database)
            try await roundTrip(
                [.min, -1, 0, 1, .max] + (0..<50).map { _ in Int.random(in: .min ... .max, using: &random) },
                column: "bigint", in: database)
            try await roundTrip([Int32.min, -1, 0, .max], column: "integer", in: database)
            try await roundTrip([Int16.min, -1, 0, .max], column: "smallint", in: database)
            try await roundTrip(
                [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1]
                    + (0..<50).map { _ in
                        Double(bitPattern: UInt64.random(in: 0...0x7FEF_FFFF_FFFF_FFFF, using: &random))
                    },
                column: "double precision", in: database)
            try await roundTrip(
                ["", "a", "Zürich 🌩", "'\"\\", String(repeating: "x", count: 100_000)], column: "text", in: database)
            try await roundTrip([[], [0], Array(0...255)] as [[UInt8]], column: "bytea", in: database)
            try await roundTrip([[], [1, 2, 3], [.min, .max]] as [[Int]], column: "bigint[]", in: database)
            try await roundTrip([["a", nil, ""], []] as [[String?]], column: "text[]", in: database)
            try await roundTrip([[[1, 2], []], []] as [[[UInt8]]], column: "bytea[]", in: database)
            try await roundTrip([nil, 5, nil] as [Int?], column: "bigint", in: database)
            try await roundTrip(
                [
                    Timestamp(microseconds: 0), Timestamp(microseconds: -1), .infinity, .negativeInfinity,
                    Timestamp(microseconds: 1_795_000_000_123_456),
                ],
                column: "timestamptz", in: database)
            try await roundTrip(
                [-1, 0, 10_957, 20_000].map(CalendarDay.init(daysSince1970:)), column: "date", in: database)
            try await roundTrip([JSONB("{}"), JSONB(#"{"a": [1, 2.50, null]}"#)], column: "jsonb", in: database)
        }
    }

    @Test("a numeric is what the server understands by its text, and comes back with all of its digits")
    func numeric() async throws {
        var random = SeededGenerator(seed: 11)
        var texts = [
            "0", "0.00", "1", "-1", "12.50", "0.0001", "0.00012345", "10000",
            "123456789012345678901234567890.000000001", "NaN", "-0.5", "9999.9999",
        ]
        for _ in 0..<200 {
            let whole = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                String(Int.random(in: 0...9, using: &random))
            }.joined()
            let fraction = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                String(Int.random(in: 0...9, using: &random))
            }.joined()
            texts.append((Bool.random(using: &random) ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction))
        }
        let numbers = texts.compactMap(Numeric.init(_:))
        #expect(numbers.count == texts.count)
        try await withDatabase { database in
            let rows = try await database.pool.withSession { db in
                try db.query(
                    """
                    SELECT number::text AS text, number, number::text = text::numeric::text AS is_same
                      FROM unnest(\(numbers), \(numbers.map(\.text))) AS t (number, text)
                    """
                ) { row in
                    (
                        try row["text", as: String.self], try row["number", as: Numeric.self],
                        try row["is_same", as: Bool.self]
                    )
                }
            }
            for (text, number, isSame) in rows {
                #expect(isSame, "\(number)")
                #expect(number.text == text)
            }
        }
    }

    @Test(
        "text that is no decimal number is refused",
        arguments: ["", "-", ".", "1.2.3", "--1", "1e5", " 1", "1,5", "NaN "])
    func notNumeric(text: String) {
        #expect(Numeric(text) == nil)
    }

    @Test("a uuid and an integer of another width are read as text and as Int")
    func widening() async throws {
        try await withDatabase { database in
            let row = try await database.pool.withSession { db in
                try db.queryOne(
                    "SELECT '12345678-9ABC-def0-1234-56789abcdef0'::uuid AS u, 3::smallint AS s, 4::integer AS i"
                ) { row in
                    (try row["u", as: String.self], try row["s", as: Int.self], try row["i", as: Int64.self])
                }
            }
            #expect(row?.0 == "12345678-9abc-def0-1234-56789abcdef0")
            #expect(row?.1 == 3)
            #expect(row?.2 == 4)
        }
    }

    @Test("a column that can't be read is named, with what was expected and why")
    func decodingErrors() async throws {
        try await withDatabase { database in
            func failure(_ sql: SQL, _ read: @escaping @Sendable (borrowing Row) throws -> Void) async throws
                -> RowDecodingError?
            {
                do {
                    _ = try await database.pool.withSession { db in try db.query(sql, read) }
                    return nil
                } catch let error as RowDecodingError {
                    return error
                }
            }
            let isNull = try await failure("SELECT NULL::bigint AS age") { _ = try $0["age", as: Int.self] }
            #expect(isNull == RowDecodingError(column: "age", expected: "Int", cause: .null))
            let wrongType = try await failure("SELECT 'x'::text AS age") { _ = try $0["age", as: Int.self] }
            #expect(wrongType == RowDecodingError(column: "age", expected: "Int", cause: .type(.text)))
            let tooLarge = try await failure("SELECT 70000::bigint AS age") { _ = try $0["age", as: Int16.self] }
            #expect(tooLarge == RowDecodingError(column: "age", expected: "Int16", cause: .range))
            let missing = try await failure("SELECT 1::bigint AS age") { _ = try $0["height", as: Int.self] }
            #expect(missing == RowDecodingError(column: "height", expected: "Int", cause: .noSuchColumn))
        }
    }
}
