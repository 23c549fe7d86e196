import Aggregation
import Alarms
import Logging
import MetricStore
import Postgres
import ServiceKit
import ServiceLifecycle
import Telemetry
import TestKit

@testable import Alarming

/// A database with the alarm tables, and what tests do with it.
struct AlarmFixture: Sendable {
    static let start = Instant(seconds: 1_790_000_040)
    static let resource = AlarmResource(id: "compute-7", type: "host", projectID: nil)

    let pool: Pool
    let rules: AlarmRules
    let evaluation: AlarmEvaluation

    static func run(_ rules: [AlarmRule], _ body: (AlarmFixture) async throws -> Void) async throws {
        try await withDatabase(applying: [try MetricStoreSchema.migrator]) { database in
            let rules = AlarmRules(rules)
            let evaluation = AlarmEvaluation(rules: rules, store: AlarmStore(), lag: .seconds(30))
            try await body(AlarmFixture(pool: database.pool, rules: rules, evaluation: evaluation))
        }
    }

    static func rule(
        _ name: AlarmName = "host-busy", url: String? = nil, periods: Int = 1, repeats: Bool = false
    ) -> AlarmRule {
        AlarmRule(
            name: name, meter: GlobPattern("hardware.cpu.util"),
            resources: AlarmResourceFilter(type: GlobPattern("host")),
            granularity: .seconds(60), evaluationPeriods: periods, comparison: .greater, threshold: 80,
            severity: .critical, actions: url.map { [.alarm: [$0], .ok: [$0]] } ?? [:], repeatsActions: repeats)
    }

    static func sample(
        _ value: Double, at seconds: Int, of resource: AlarmResource = Self.resource,
        meter: MeterName = "hardware.cpu.util"
    ) -> AlarmSample {
        AlarmSample(
            resource: resource, meter: meter, kind: .gauge,
            measure: AlarmMeasure(timestamp: start + .seconds(seconds), value: value))
    }

    /// Judges samples in a transaction of their own.
    @discardableResult
    func judge(_ samples: [AlarmSample], now seconds: Int = 0) async throws -> Int {
        try await pool.transaction { [evaluation] db in
            try evaluation.evaluate(samples, at: Self.start + .seconds(seconds), in: db)
        }
    }

    func alarms() async throws -> [StoredAlarm] {
        try await pool.transaction { db in try AlarmStore().alarms(after: nil, limit: 1000, in: db) }
    }

    func backlog() async throws -> Int {
        try await pool.transaction { db in try AlarmActionStore().backlog(in: db).count }
    }

    /// Runs delivery services while `body` runs, then stops them gracefully.
    func delivering(
        _ count: Int = 1, timeout: Duration = .seconds(2), abandonAfter: Duration = .seconds(3600),
        allowing hosts: AllowedHosts = AllowedHosts(["127.0.0.1:*"]), _ body: () async throws -> Void
    ) async throws {
        let settings = DeliverySettings(
            hosts: hosts, interval: .milliseconds(20), requestTimeout: timeout,
            retryDelays: RetryDelays(first: .milliseconds(20), longest: .milliseconds(100)), abandonAfter: abandonAfter)
        let services = (0..<count).map { _ in
            ActionDeliveryService(
                settings, pool: pool, clock: .system, instruments: AlarmingInstruments(in: InstrumentRegistry()),
                logger: .quiet)
        }
        let group = ServiceGroup(services: services, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// Hosts in tests are literals, and a wrong one is the test's error.
extension AllowedHost: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        guard let host = AllowedHost(text) else { preconditionFailure("\(text) is no host") }
        self = host
    }
}
