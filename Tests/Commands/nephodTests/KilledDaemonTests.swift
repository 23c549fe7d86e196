import Foundation
import Kafka
import MetricStore
import Notifications
import Postgres
import Telemetry
import TestKit
import Testing
import Usage

/// The whole way from the broker to the usage report, through a daemon that is killed and started in the middle of its work.
@Suite(.serialized)
struct KilledDaemonTests {
    private static let topics = ["notifications.info", "notifications.error", "samples"]
    /// Every message is stored once; this many kills fall between the first and the last of them.
    private static let killCount = 4

    @Test(
        """
        killed again and again, and with messages shuffled and doubled, the daemon comes to the same usage, event by event, \
        and nepho reports what the cloud's own APIs said
        """)
    func killed() async throws {
        let trace = try RecordedTrace()
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        try await withTopics(Self.topics) { topics in
            try await withDatabase { database in
                let environment = environment(database, topics)
                let migration = try nephod(["migrate"], environment)
                #expect(migration.status == 0, "\(migration.errors)")
                try await send(Self.disordered(trace.records, seed: seed), to: topics)
                try await ingest(trace.records.count, killing: Self.killCount, database, environment)
                try await compare(database, with: trace)
                try await report(environment).compare(with: try RecordedTruth())
            }
        }
    }

    /// The records shuffled within a window of a few hundred, every seventh one twice.
    private static func disordered(_ records: [TraceRecord], seed: UInt64) -> [TraceRecord] {
        var random = SeededGenerator(seed: seed)
        let doubled = records.enumerated().flatMap { $0.offset % 7 == 0 ? [$0.element, $0.element] : [$0.element] }
        return doubled.enumerated()
            .map { (place: $0.offset + Int.random(in: 0...300, using: &random), record: $0.element) }
            .sorted { $0.place < $1.place }.map(\.record)
    }

    private func send(_ records: [TraceRecord], to topics: TestTopics) async throws {
        let producer = try Producer(ProducerSettings(client: topics.client), logger: .quiet)
        for start in stride(from: 0, to: records.count, by: 1_000) {
            let messages = records[start..<min(start + 1_000, records.count)].map {
                OutgoingMessage(topic: topics[$0.topic], value: $0.value)
            }
            for result in await producer.send(messages) {
                if case .failure(let error) = result { throw error }
            }
        }
        await producer.close(within: .seconds(10))
    }

    private func ingest(
        _ messageCount: Int, killing killCount: Int, _ database: TestDatabase, _ environment: [String: String]
    ) async throws {
        for number in 1...killCount + 1 {
            let daemon = try RunningDaemon(["run", "ingestion", "compaction"], environment: environment)
            // A daemon that outlives a failed test would keep the test runner waiting for its output.
            defer { daemon.kill() }
            let mark = messageCount * number / (killCount + 1)
            try await eventually("\(mark) messages are stored", within: .seconds(120)) {
                try await stored(database) >= mark
            }
            if number <= killCount { daemon.kill() } else { #expect(daemon.stop() == 0) }
        }
        #expect(try await stored(database) == messageCount)
    }

    private func stored(_ database: TestDatabase) async throws -> Int {
        try await database.pool.withSession { db in
            let rows = try db.query("SELECT count(*) AS total FROM event.message") { try $0["total", as: Int.self] }
            return rows[0]
        }
    }

    private func compare(_ database: TestDatabase, with trace: RecordedTrace) async throws {
        let always = try #require(UsagePeriod(from: Instant(seconds: 0), to: Instant(seconds: 4_000_000_000)))
        let stored = try await database.pool.withSession { db in try UsageStore().intervals(in: always, in: db) }
        let expected = try trace.intervals()
        #expect(stored.count == expected.count && Set(stored) == expected)
        let events = try await database.pool.withSession { db in
            try db.query("SELECT count(*) AS total FROM event.event") { try $0["total", as: Int.self] }
        }
        #expect(events == [trace.records.count])
    }

    /// Asks for the usage report as an operator does: `nepho` against the daemon's API.
    private func report(_ environment: [String: String]) async throws -> PrintedReport {
        let token = FileManager.default.temporaryDirectory.appendingPathComponent("token-\(UUID())")
        try Data("correct-horse-battery-staple".utf8).write(to: token)
        defer { try? FileManager.default.removeItem(at: token) }
        let address = "127.0.0.1:\(try RunningDaemon.freePort())"
        let own = ["NEPHO_API_LISTEN": address, "NEPHO_API_TOKEN_FILE": token.path]
        let daemon = try RunningDaemon(["run", "api"], environment: environment.merging(own) { _, new in new })
        defer { daemon.kill() }
        let client = ["NEPHO_URL": "http://\(address)", "NEPHO_TOKEN_FILE": token.path]
        try await eventually("the API answers", within: .seconds(60)) {
            try nepho(["status"], client).status == 0
        }
        let printed = try nepho(
            ["usage", "report", "-f", "json", "--start", RecordedTruth.start, "--end", RecordedTruth.end], client)
        #expect(printed.status == 0, "\(printed.errors)")
        return try PrintedReport(parsing: printed.output)
    }

    private func environment(_ database: TestDatabase, _ topics: TestTopics) -> [String: String] {
        [
            "NEPHO_DATABASE_URL": database.url,
            "NEPHO_KAFKA_BOOTSTRAP": topics.client.bootstrap,
            "NEPHO_INGESTION_GROUP": topics.group,
            "NEPHO_INGESTION_MEMBER": "daemon",
            "NEPHO_INGESTION_SAMPLES_TOPIC": topics["samples"],
            "NEPHO_INGESTION_NOTIFICATION_TOPICS":
                "\(topics["notifications.info"]),\(topics["notifications.error"])",
            "NEPHO_INGESTION_DEAD_LETTER_TOPIC": topics["dead-letter"],
            "NEPHO_INGESTION_BATCH_MESSAGES": "200",
            "NEPHO_WEIGHING_TOPIC": topics["host-load"],
            "NEPHO_MONITORING_LISTEN": "127.0.0.1:0",
            "NEPHO_LOG_LEVEL": "warning",
        ]
    }
}
