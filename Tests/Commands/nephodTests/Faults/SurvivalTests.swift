import Aggregation
import Foundation
import Kafka
import MetricStore
import Notifications
import Postgres
import Query
import ServiceKit
import Telemetry
import TestKit
import Testing
import Usage

/// Ingesters, PostgreSQL and broker are killed, stopped, cut off and slowed while samples and notifications come in; afterwards
/// the database holds what the producer was told is stored, each once, to the last digit.
///
/// The broker is stopped and not killed: the development broker writes its data when it ends, and loses what it has
/// acknowledged when it is killed (docs/decisions/0003-development-broker.md).
///
/// `NEPHO_SOAK_SEED` and `NEPHO_SOAK_ROUNDS` in the environment make other and longer runs, as `ops/soak` does.
///
/// Seen to fail with the offsets advanced in a transaction of their own before the one that stores: measures, intervals and 172
/// of 8,575 events were missing.
@Suite(.serialized)
struct SurvivalTests {
    private static let topics = ["samples", "notifications.info", "notifications.error"]
    private static let hosts = 6
    private static let ticksPerRound = 300
    private static let ingesters = 2
    private static let samplePartitions = 3

    private struct Site {
        let servers: PrivateServers
        let database: FaultProxy
        let broker: FaultProxy
        let ingesters: Ingesters
        let pool: Pool
        let client: ClientSettings
    }

    @Test("through kills, stops, cuts and stalls of every part nothing acknowledged is lost and nothing is counted twice")
    func survival() async throws {
        let variables = ProcessInfo.processInfo.environment
        let rounds = variables["NEPHO_SOAK_ROUNDS"].flatMap { Int($0) } ?? 1
        let seed = variables["NEPHO_SOAK_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
        let trace = try RecordedTrace()
        let batches = Self.batches(ticks: rounds * Self.ticksPerRound)
        let plan = FaultPlan(
            seed: seed, rounds: rounds, messages: batches.count + trace.records.count, ingesters: Self.ingesters)
        print(plan)
        try await withSite { site in
            let ledger = try await produce(batches, trace, site, plan)
            try await caughtUp(site)
            print("ingesters that ended by themselves: \(site.ingesters.endsOfTheirOwn)")
            try await compare(ledger, with: site)
            let always = try #require(UsagePeriod(from: Instant(seconds: 0), to: Instant(seconds: 4_000_000_000)))
            let intervals = try await site.pool.withSession { db in try UsageStore().intervals(in: always, in: db) }
            let expected = try trace.intervals()
            #expect(intervals.count == expected.count && Set(intervals) == expected, "\(plan)")
            let events = try await site.pool.withSession { db in
                try db.queryOne("SELECT count(*) AS n FROM event.event") { try $0["n", as: Int.self] }
            }
            #expect(events == trace.records.count, "\(plan)")
        }
    }

    private static func batches(ticks: Int) -> [SampleBatch] {
        // An hour ago at the latest, so that nothing lies in the future and nothing is too old.
        let start = (WallClock.system.now - .seconds(3_600) - Ledger.interval * ticks).floor(to: .seconds(300))
        return (0..<ticks).flatMap { tick in
            (0..<hosts).map { Ledger.batch(host: $0, tick: tick, start: start) }
        }
    }

    // MARK: Producing under fire

    private enum Message {
        case batch(SampleBatch)
        case notification(topic: String, value: [UInt8])
    }

    /// Messages that are sent together.
    private static let groupSize = 60

    /// Sends everything, each message until it is acknowledged and every seventh group twice, while the plan is carried out.
    private func produce(
        _ batches: [SampleBatch], _ trace: RecordedTrace, _ site: Site, _ plan: FaultPlan
    ) async throws -> Ledger {
        var ledger = Ledger()
        var steps = plan.steps[...]
        var settings = ProducerSettings(client: site.client)
        settings.deliveryTimeout = .seconds(5)
        let producer = try Producer(settings, logger: .quiet)
        let messages = Self.mixed(batches, trace)
        for start in stride(from: 0, to: messages.count, by: Self.groupSize) {
            let group = messages[start..<min(start + Self.groupSize, messages.count)]
            try await deliver(group.map(outgoing), producer, site)
            if (start / Self.groupSize).isMultiple(of: 7) { try await deliver(group.map(outgoing), producer, site) }
            for case .batch(let batch) in group { ledger.add(batch) }
            while let step = steps.first, step.afterMessages <= start + group.count {
                steps = steps.dropFirst()
                try await carryOut(step, site)
            }
        }
        #expect(steps.isEmpty)
        await producer.close(within: .seconds(10))
        return ledger
    }

    /// Batches and notifications side by side, each kind in its order.
    private static func mixed(_ batches: [SampleBatch], _ trace: RecordedTrace) -> [Message] {
        let samples = batches.enumerated().map { number, batch in
            (place: Double(number) / Double(batches.count), message: Message.batch(batch))
        }
        let notifications = trace.records.enumerated().map { number, record in
            (
                place: Double(number) / Double(trace.records.count),
                message: Message.notification(topic: record.topic, value: record.value)
            )
        }
        return (samples + notifications).sorted { $0.place < $1.place }.map(\.message)
    }

    private func outgoing(_ message: Message) -> OutgoingMessage {
        switch message {
        case .batch(let batch):
            OutgoingMessage(topic: "samples", key: Array(batch.host.text.utf8), value: batch.encode())
        case .notification(let topic, let value):
            OutgoingMessage(topic: topic, value: value)
        }
    }

    /// Until all are acknowledged; what failed may have been stored all the same, and is sent again.
    private func deliver(_ messages: [OutgoingMessage], _ producer: Producer, _ site: Site) async throws {
        var open = messages
        for _ in 0..<100 where !open.isEmpty {
            let results = await producer.send(open)
            open = zip(open, results).filter { if case .failure = $1 { true } else { false } }.map(\.0)
            if !open.isEmpty { try site.ingesters.supervise() }
        }
        try #require(open.isEmpty, "the broker never took a message")
    }

    private func carryOut(_ step: FaultPlan.Step, _ site: Site) async throws {
        try site.ingesters.supervise()
        let pause = { try await Task.sleep(for: .milliseconds(step.milliseconds)) }
        switch step.fault {
        case .killIngester: try site.ingesters.kill(step.ingester)
        case .stopIngester: #expect(try site.ingesters.restart(step.ingester) == 0)
        case .killDatabase:
            try site.servers.kill(.postgres)
            try await pause()
            try site.servers.start(.postgres)
        case .restartDatabase:
            try site.servers.stop(.postgres)
            try await pause()
            try site.servers.start(.postgres)
        case .restartBroker:
            try site.servers.stop(.broker)
            try await pause()
            try site.servers.start(.broker)
        case .resetDatabase: try await site.database.behaving(.refusing, pause)
        case .stallDatabase: try await site.database.behaving(.stalled, pause)
        case .slowDatabase: try await site.database.behaving(.slow(milliseconds: 50), pause)
        case .truncateDatabase: try await site.database.behaving(.truncating, pause)
        case .resetBroker: try await site.broker.behaving(.refusing, pause)
        case .stallBroker: try await site.broker.behaving(.stalled, pause)
        case .slowBroker: try await site.broker.behaving(.slow(milliseconds: 50), pause)
        case .truncateBroker: try await site.broker.behaving(.truncating, pause)
        }
    }

    // MARK: Comparing

    /// Waits until the stored offsets are the ends of all partitions.
    private func caughtUp(_ site: Site) async throws {
        let admin = try Admin(site.client)
        let partitions =
            (0..<Self.samplePartitions).map { TopicPartition("samples", Int32($0)) }
            + ["notifications.info", "notifications.error"].map { TopicPartition($0, 0) }
        try await eventually("everything is read", within: .seconds(240)) {
            try site.ingesters.supervise()
            for partition in partitions {
                let end = try await admin.watermarks(of: partition).high
                let stored = try await site.pool.withSession { db in
                    try OffsetStore(consumerGroup: "survivors").fetch(
                        topic: partition.topic, partitions: [partition.partition], in: db)
                }
                if end > 0, stored[partition.partition] != end { return false }
            }
            return true
        }
    }

    private func compare(_ ledger: Ledger, with site: Site) async throws {
        let queries = MeasureQueries(now: WallClock.system.now)
        var different: [ResourceID] = []
        for resource in ledger.measures.keys.sorted(by: { $0.text < $1.text }) {
            let expected = ledger.series(of: resource)
            let windows = Folding(width: .fixed(.seconds(300)), methods: [.mean], kind: .gauge).fold(expected)
            let (found, means) = try await site.pool.transaction(isolation: .repeatableRead, readOnly: true) { db in
                (
                    try queries.measures(of: resource, meter: Ledger.meter, scope: .everything, in: db),
                    try queries.aggregates(
                        of: resource, meter: Ledger.meter, Windowing(granularity: .seconds(300)), scope: .everything,
                        in: db)
                )
            }
            if found != expected || means.aggregates != windows.aggregates(.mean) { different.append(resource) }
        }
        #expect(different.isEmpty && ledger.measures.count == Self.hosts * 10)
    }

    // MARK: The site

    private func withSite(_ body: (Site) async throws -> Void) async throws {
        try await PrivateServers.run { servers in
            let port = servers.brokerPort
            try await FaultProxy.run(before: ("127.0.0.1", servers.postgresPort)) { database, databasePort in
                try await FaultProxy.run(
                    at: "127.0.0.3", port: port, before: (PrivateServers.brokerHost, port),
                    rewriting: .init(PrivateServers.brokerHost, by: "127.0.0.3")
                ) { broker, _ in
                    try await run(servers, database, databasePort, broker, body)
                }
            }
        }
    }

    private func run(
        _ servers: PrivateServers, _ database: FaultProxy, _ databasePort: Int, _ broker: FaultProxy,
        _ body: (Site) async throws -> Void
    ) async throws {
        let client = ClientSettings(bootstrap: "127.0.0.3:\(servers.brokerPort)", clientID: "survival")
        let failures = try await Admin(client).createTopics(
            Self.topics.map { TopicSpecification($0, partitions: $0 == "samples" ? Self.samplePartitions : 1) })
        try #require(failures.isEmpty)
        let environment = [
            "NEPHO_DATABASE_URL": "postgresql://postgres@127.0.0.1:\(databasePort)/nephoscope",
            "NEPHO_KAFKA_BOOTSTRAP": client.bootstrap,
            "NEPHO_INGESTION_GROUP": "survivors",
            "NEPHO_INGESTION_BATCH_MESSAGES": "100",
            "NEPHO_COMPACTION_INTERVAL": "1s",
            "NEPHO_MONITORING_LISTEN": "127.0.0.1:0",
            "NEPHO_LOG_LEVEL": "error",
        ]
        let migration = try nephod(["migrate"], environment)
        try #require(migration.status == 0, "\(migration.errors)")
        let direct = "postgresql://postgres@127.0.0.1:\(servers.postgresPort)/nephoscope"
        let pool = try Pool(
            PoolSettings(connection: ConnectionSettings(url: direct, applicationName: "survival")), logger: .quiet)
        let ingesters = try Ingesters(count: Self.ingesters, environment: environment)
        // A daemon that outlives a failed test would keep the test runner waiting for its output.
        defer { ingesters.killAll() }
        try await body(
            Site(
                servers: servers, database: database, broker: broker, ingesters: ingesters, pool: pool, client: client))
        await pool.close(within: .seconds(5))
    }
}

extension FaultProxy {
    /// Behaves so for a while.
    fileprivate func behaving(_ behaviour: Behaviour, _ pause: () async throws -> Void) async throws {
        behave(behaviour)
        try await pause()
        behave(.passing)
    }
}
