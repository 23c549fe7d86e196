import Ingestion
import Kafka
import Logging
import MetricStore
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing

/// The protocol of `docs/specs/exactly-once.md` under every interruption that one process can show.
@Suite(.timeLimit(.minutes(10)))
struct ExactlyOnceTests {
    private struct Crash: Error {}

    private static let batches = (0..<20).map { SampleBatch.test(host: "h1", sequence: UInt64($0)) }
    private static let notifications = (0..<10).map { volumeNotification("m\($0)", volume: "v\($0)", size: $0 + 1) }

    private func expectAll(in fixture: IngestionFixture) async throws {
        let measures = try await fixture.measures()
        let ofBatches = Self.batches.flatMap(\.expectedMeasures).sorted()
        #expect(measures.filter { $0.contains(" cpu ") } == ofBatches)
        #expect(measures.count == ofBatches.count + Self.notifications.count)
        let (events, facts) = (try await fixture.count("event.event"), try await fixture.count("usage.fact"))
        #expect(events == Self.notifications.count)
        #expect(facts == Self.notifications.count)
    }

    private func sendAll(_ fixture: IngestionFixture) async throws {
        try await fixture.send(Self.batches)
        try await fixture.send(notifications: Self.notifications)
    }

    @Test("everything that was sent is stored, and counted")
    func plain() async throws {
        try await withIngestion { fixture in
            try await sendAll(fixture)
            let running = try await fixture.drain()
            try await expectAll(in: fixture)
            #expect(running.value("ingestion_messages_received_total{kind=\"batch\"}") == "20")
            #expect(running.value("ingestion_messages_stored_total{kind=\"batch\"}") == "20")
            #expect(running.value("ingestion_messages_stored_total{kind=\"notification\"}") == "10")
            #expect(running.value("ingestion_samples_stored_total") == "50")
            #expect(running.value("ingestion_queue_depth_messages") == "0")
            let usage = try await fixture.count("usage.interval")
            #expect(usage == 10)
        }
    }

    @Test("a process that dies inside the transaction stores nothing, and its successor all of it once")
    func crashBeforeCommit() async throws {
        try await withIngestion { fixture in
            try await sendAll(fixture)
            let transactions = Mutex(0)
            let dying = try fixture.service(
                messageLimit: 7,
                observers: [
                    { _, _ in
                        let count = transactions.withLock { count in
                            count += 1
                            return count
                        }
                        if count == 2 { throw Crash() }
                    }
                ])
            await #expect(throws: Crash.self) { try await dying.service.run() }
            let measures = try await fixture.measures()
            #expect(measures.count < 50)
            try await fixture.drain()
            try await expectAll(in: fixture)
        }
    }

    @Test("a process that dies right after a commit leaves nothing to be repeated")
    func crashAfterCommit() async throws {
        try await withIngestion { fixture in
            try await sendAll(fixture)
            let (commits, committed) = AsyncStream.makeStream(of: Void.self)
            let dying = try fixture.service(
                messageLimit: 7,
                afterCommit: [
                    { _ in
                        committed.yield()
                        // Held here until the process "dies": the offset hint is not sent, the next poll never comes.
                        await withTaskCancellationHandler {
                            let (held, release) = AsyncStream.makeStream(of: Void.self)
                            await withTaskCancellationHandler {
                                for await _ in held {}
                            } onCancel: {
                                release.finish()
                            }
                        } onCancel: {
                        }
                    }
                ])
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try await dying.service.run()
                    } catch {
                        Issue.record(error)
                    }
                }
                for await _ in commits { break }
                group.cancelAll()
            }
            try await fixture.drain()
            try await expectAll(in: fixture)
        }
    }

    @Test("a connection that is lost in the middle of a transaction costs nothing")
    func connectionLost() async throws {
        try await withIngestion { fixture in
            try await sendAll(fixture)
            let isFirst = Mutex(true)
            let running = try fixture.service(
                messageLimit: 7,
                observers: [
                    { _, db in
                        let kills = isFirst.withLock { isFirst in
                            defer { isFirst = false }
                            return isFirst
                        }
                        if kills { try db.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
                    }
                ])
            try await fixture.run(running, until: "all is stored") { try await fixture.isDrained() }
            try await expectAll(in: fixture)
            #expect(running.value("ingestion_transactions_total{outcome=\"retried\"}") == "1")
        }
    }

    @Test("a connection that is lost during COMMIT is cleared up by the stored offset")
    func outcomeUnknown() async throws {
        try await withIngestion { fixture in
            // Ends the session while it commits, the first time only: a sequence is not rolled back.
            try await fixture.database.withSession { session in
                try await session.execute(
                    script: """
                        CREATE SEQUENCE kills;
                        CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql AS
                            'BEGIN IF nextval(''kills'') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END';
                        CREATE CONSTRAINT TRIGGER kill AFTER INSERT ON metric.batch DEFERRABLE INITIALLY DEFERRED
                            FOR EACH ROW EXECUTE FUNCTION kill();
                        """)
            }
            try await sendAll(fixture)
            let running = try fixture.service(messageLimit: 7)
            try await fixture.run(running, until: "all is stored") { try await fixture.isDrained() }
            try await expectAll(in: fixture)
            #expect(running.value("ingestion_transactions_total{outcome=\"unknown\"}") == "1")
        }
    }

    @Test("two readers of the same partitions store everything once")
    func twoReaders() async throws {
        try await withIngestion { fixture in
            // To the broker they are two groups, so each of them is given every partition: one is always a zombie.
            let first = try fixture.service(group: fixture.topics.group + "-1", messageLimit: 3)
            let second = try fixture.service(group: fixture.topics.group + "-2", messageLimit: 5)
            try await sendAll(fixture)
            async let one = fixture.run(first, until: "all is stored") { try await fixture.isDrained() }
            async let other = fixture.run(second, until: "all is stored") { try await fixture.isDrained() }
            _ = try await (one, other)
            try await expectAll(in: fixture)
        }
    }

    @Test("members that come and go share the work, and each message counts once")
    func rebalances() async throws {
        try await withIngestion(partitions: 4) { fixture in
            var batches: [SampleBatch] = []
            for round in 0..<5 {
                let new = (0..<8).flatMap { host in
                    (0..<5).map { SampleBatch.test(host: HostName("h\(host)"), sequence: UInt64(round * 5 + $0)) }
                }
                batches += new
                try await fixture.send(new)
                let running = try fixture.service(workers: 1 + round % 3, messageLimit: 4)
                let isLast = round == 4
                try await fixture.run(running, until: "something is stored") {
                    if isLast { return try await fixture.isDrained() }
                    return try await fixture.count("ingest.partition_offset") > 0
                }
            }
            let measures = try await fixture.measures()
            #expect(measures == batches.flatMap(\.expectedMeasures).sorted())
        }
    }

    @Test("a stop is answered within ten seconds, with the batch in hand finished")
    func stop() async throws {
        try await withIngestion { fixture in
            try await sendAll(fixture)
            let running = try fixture.service(messageLimit: 1)
            let time = try await fixture.run(running, until: "something is stored") {
                try await fixture.count("metric.batch") > 0
            }
            #expect(time < .seconds(10))
            let (batches, stored) = (
                try await fixture.count("metric.batch"),
                running.value("ingestion_transactions_total{outcome=\"committed\"}")
            )
            #expect("\(batches)" == stored)
            try await fixture.drain()
            try await expectAll(in: fixture)
        }
    }

    @Test("a broker that has lost its messages and has them again costs no double")
    func offsetBehindTheEnd() async throws {
        try await withIngestion { fixture in
            try await sendAll(fixture)
            try await fixture.drain()
            let (group, topic) = (fixture.topics.group, fixture.topics[IngestionFixture.samples])
            try await fixture.database.pool.transaction { db in
                let step = OffsetStore.Advance(topic: topic, partition: 0, from: 20, to: 5_000)
                try OffsetStore(consumerGroup: group).advance([step], in: db)
            }
            let running = try await fixture.drain()
            try await expectAll(in: fixture)
            #expect(running.value("ingestion_messages_duplicate_total{kind=\"batch\"}") == "20")
        }
    }

    @Test("an offset that the broker does not have is reported, and reading goes on with what there is")
    func offsetOutOfRange() async throws {
        try await withIngestion { fixture in
            let (group, topic) = (fixture.topics.group, fixture.topics[IngestionFixture.samples])
            try await fixture.database.pool.transaction { db in
                let step = OffsetStore.Advance(topic: topic, partition: 0, from: nil, to: 5_000)
                try OffsetStore(consumerGroup: group).advance([step], in: db)
            }
            try await sendAll(fixture)
            let running = try await fixture.drain()
            try await expectAll(in: fixture)
            #expect(running.value("ingestion_consumer_errors_total") != "0")
        }
    }
}
