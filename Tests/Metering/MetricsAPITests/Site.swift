import APIKit
import Aggregation
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Kafka
import Logging
import MetricStore
import MetricsAPI
import NIOCore
import Postgres
import ServiceKit
import Telemetry
import TestKit
import Usage

/// The API over a database of its own that holds a little cloud: a server with a counter and a volume, and their events.
struct Site: Sendable {
    static let now = at("12:00:00")
    private static let secret = "correct-horse-battery-staple"

    let database: TestDatabase
    let readiness: ReadinessMonitor
    private let client: any TestClientProtocol

    /// Makes the cloud and the API, lends them, and drops them.
    static func with(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        try await withDatabase(applying: [try MetricStoreSchema.migrator]) { database in
            try await fill(database)
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("api-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let admin = try Admin(ClientSettings(bootstrap: try TestEnvironment.kafka, clientID: "test"))
            let readiness = ReadinessMonitor(checks: ReadinessCheck.database(database.pool) + [.broker(admin)])
            let server = try server(database, admin, readiness, files: folder)
            try await server.application.test(.router) { client in
                try await body(Site(database: database, readiness: readiness, client: client))
            }
            try FileManager.default.removeItem(at: folder)
        }
    }

    /// The answer to a GET with the token.
    func get(_ uri: String) async throws -> TestResponse {
        guard let token = HTTPField.Name("X-Auth-Token") else { preconditionFailure("the header's name is good") }
        return try await client.execute(uri: uri, method: .get, headers: [token: Self.secret])
    }

    /// The JSON of an answer, whatever its status.
    func json(_ uri: String) async throws -> JSONValue {
        try JSONValue(parsing: String(buffer: try await get(uri).body))
    }

    private static func server(
        _ database: TestDatabase, _ admin: Admin, _ readiness: ReadinessMonitor, files: URL
    ) throws -> APIServer {
        let token = files.appendingPathComponent("token")
        try Data(secret.utf8).write(to: token)
        let prices = files.appendingPathComponent("rating.yaml")
        let text =
            "currency: EUR\namount_digits: 4\nprices:\n  - {meter: volume, unit: GiB-h, price: \"0.0001\"}\n"
            + "  - {meter: network.outgoing.bytes, unit: GiB, price: \"0.5\"}\n"
        try Data(text.utf8).write(to: prices)
        let clock = WallClock { now }
        let progress = IngestProgress(pool: database.pool, admin: admin, clock: clock, logger: database.logger)
        let api = MetricsAPI(
            pool: database.pool, clock: clock, prices: try PriceBook(file: prices.path), progress: progress)
        let (file, _) = try ConfigReader.load(
            TestConfig.self, from: ConfigSources(file: nil, environment: [:], overrides: []))
        return APIServer(
            file.api.server, routes: api.routes + HealthHandlers(readiness).routes,
            token: try OperatorToken(file: token.path),
            instruments: APIInstruments(in: InstrumentRegistry()), logger: database.logger)
    }

    private static func fill(_ database: TestDatabase) async throws {
        try await database.pool.transaction { db in
            try ArchivePolicyStore().register(ArchivePolicy.defaults, in: db)
            let server = observation("server-1", "instance", "red")
            let later = observation("server-1", "instance", "red", at: at("02:00:00"), host: "h2")
            let observed = try ResourceStore().observe(
                [server, later, observation("volume-1", "volume", "blue"), observation("volume/2", "volume", "blue")],
                knowing: ResourceCache(), in: db)
            guard let number = observed.numbers["server-1"] else { return }
            try append([100, 250, 30, 90], "network.incoming.bytes", of: number, in: db)
            try UsageStore().record(facts, in: db)
            try EventStore().insert(events, in: db)
            try OffsetStore(consumerGroup: "g").advance(
                [.init(topic: "no-such-topic", partition: 0, from: nil, to: 5)], in: db)
        }
    }

    /// Adds a counter of the server, read once a minute from three o'clock on.
    func addCounter(_ meter: MeterName, _ values: [Double]) async throws {
        try await database.pool.transaction { db in
            let number = try db.queryOne(
                "SELECT resource_number AS n FROM metric.resource WHERE resource_id = 'server-1'"
            ) {
                ResourceNumber(try $0["n"])
            }
            guard let number else { return }
            try Self.append(values, meter, of: number, in: db)
        }
    }

    private static func append(
        _ values: [Double], _ meter: MeterName, of resource: ResourceNumber, in db: isolated Session
    ) throws {
        let wanted = MetricRegistry.Wanted(
            resource: resource, meter: meter, kind: .cumulative, unit: "B", policyName: "medium")
        var intake = MeasureIntake(now: now)
        for metric in try MetricRegistry().intern([wanted], in: db).values {
            for (minute, value) in values.enumerated() {
                let interned = InternedMetric(metric, policy: .medium)
                intake.add(interned, at: at("03:00:00") + .seconds(60 * minute), value)
            }
        }
        try MeasureStore().append(intake, in: db)
    }

    private static func observation(
        _ id: ResourceID, _ type: ResourceType, _ project: ProjectID, at instant: Instant = at("01:00:00"),
        host: String = "h1"
    ) -> ResourceObservation {
        ResourceObservation(
            id: id, at: instant, type: type, projectID: project, userID: "somebody",
            attributes: ResourceAttributes([.init("host", .string(host))]), startedAt: at("01:00:00"), endedAt: nil)
    }

    /// A volume of 2 GiB that lived for 90 minutes, and a server that failed to be made.
    private static let facts = [
        UsageFact(
            messageID: "m9", eventType: "compute.instance.create.error", generated: at("01:00:01"),
            resourceType: "instance", resourceID: "server-9", standing: .report, start: .denied,
            attributes: UsageAttributes(projectID: "red")),
        UsageFact(
            messageID: "m1", eventType: "volume.create.end", generated: at("01:00:01"), resourceType: "volume",
            resourceID: "volume-1", standing: .observation, isLandmark: true, start: .stated(at("01:00:00")), end: nil,
            attributes: UsageAttributes(projectID: "blue", sizeBytes: 2 << 30)),
        UsageFact(
            messageID: "m2", eventType: "volume.delete.end", generated: at("02:30:00"), resourceType: "volume",
            resourceID: "volume-1", standing: .observation, isLandmark: true, start: .stated(at("01:00:00")),
            end: .stated(at("02:30:00")), attributes: UsageAttributes(projectID: "blue", sizeBytes: 2 << 30)),
    ]

    private static let events = (0..<5).map { index in
        Event(
            messageID: MessageID("e\(index)"), eventType: index == 4 ? "image.delete" : "volume.create.end",
            generated: at("01:00:00") + .seconds(index),
            traits: [Trait("size", .int(Int64(index))), Trait("name", .text("n\(index % 2)"))])
    }

    private struct TestConfig: ConfigFile {
        static let about = ""
        let api: APIConfig
        init(reading file: ConfigReader) { api = file.section() }
    }
}

/// A time of the day of all tests.
func at(_ text: String) -> Instant {
    guard let instant = Instant("2026-11-23T\(text)") else { preconditionFailure("Not a time: \(text)") }
    return instant
}
