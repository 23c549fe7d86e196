import MetricStore
import Postgres
import TestKit
import Testing

@Suite struct SchemaTests {
    @Test("released migrations never change: their checksums are the recorded ones")
    func checksums() async throws {
        try await withStore { database in
            let lines = try await database.pool.withSession { db in
                try db.query("SELECT number, name, sha256 FROM migration.applied ORDER BY number") { row in
                    "\(try row["sha256", as: String.self])  \(try row["number", as: Int.self]) \(try row["name", as: String.self])"
                }
            }
            let difference = try difference(from: "Migrations.sum", lines.joined(separator: "\n") + "\n")
            #expect(difference == nil)
        }
    }

    @Test("every table, every sequence and every column with a unit says what it is")
    func comments() async throws {
        try await withStore { database in
            let silent = try await database.pool.withSession { db in
                try db.query(
                    """
                    SELECT relname FROM pg_class
                     WHERE relnamespace IN ('ingest'::regnamespace, 'metric'::regnamespace) AND relkind IN ('r', 'p')
                       AND obj_description(oid, 'pg_class') IS NULL
                    UNION ALL
                    SELECT attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                     WHERE relnamespace IN ('ingest'::regnamespace, 'metric'::regnamespace) AND relkind IN ('r', 'p') AND attnum > 0
                       AND attname ~ '_(ns|days)$' AND col_description(attrelid, attnum) IS NULL
                    """
                ) { try $0["relname", as: String.self] }
            }
            #expect(silent.isEmpty)
        }
    }

    @Test(
        "the tables refuse what can't be",
        arguments: [
            "INSERT INTO ingest.partition_offset VALUES ('g', 't', 0, -1)",
            "INSERT INTO ingest.partition_offset VALUES ('g', 't', -1, 0)",
            "INSERT INTO metric.resource (resource_id, resource_type, attributes, revision_start_at, observed_at) VALUES ('a', 'b', '[]', now(), now())",
            "INSERT INTO metric.resource (resource_id, resource_type, revision_start_at, observed_at) VALUES ('a', 'b', now(), now() - interval '1 day')",
            "INSERT INTO metric.archive_policy (name, back_window, methods, raw_timespan_ns) VALUES ('', 0, '{mean}', 1)",
            "INSERT INTO metric.archive_policy (name, back_window, methods, raw_timespan_ns) VALUES ('x', 0, '{}', 1)",
            "INSERT INTO metric.batch (measure_count, first_at, last_at, packed) VALUES (0, now(), now(), '')",
            "INSERT INTO metric.batch (measure_count, first_at, last_at, packed) VALUES (1, now(), now() - interval '1 s', '')",
        ])
    func constraints(statement: String) async throws {
        try await withStore { database in
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.withSession { db in try db.execute(script: statement) }
            }
            #expect(error?.sqlState == .checkViolation)
        }
    }
}
