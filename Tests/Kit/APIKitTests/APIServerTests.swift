import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import ServiceKit
import Telemetry
import TestKit
import Testing

@testable import APIKit

struct APIServerTests {
    private static let secret = "correct-horse-battery-staple"

    @Test("a route answers whoever holds the token, in either header")
    func token() async throws {
        try await withAPI { client in
            for headers: HTTPFields in [[.xAuthToken: Self.secret], [.authorization: "Bearer \(Self.secret)"]] {
                let answer = try await client.execute(uri: "/v1/thing/a%20b", method: .get, headers: headers)
                #expect(answer.status == .ok)
                #expect(String(buffer: answer.body) == #"{"name":"a b"}"#)
                #expect(answer.headers[.contentType] == "application/json")
                #expect(answer.headers[.requestID]?.hasPrefix("req-") == true)
            }
        }
    }

    @Test(
        "without the right token there is only a fault",
        arguments: [
            nil, "", "wrong-horse-battery-staple!!", "correct-horse-battery-stapl", "correct-horse-battery-staplee",
            String(repeating: "x", count: 5_000),
        ])
    func refused(presented: String?) async throws {
        try await withAPI { client in
            let headers: HTTPFields = presented.map { [.xAuthToken: $0] } ?? [:]
            for (path, method) in [("/v1/thing/a", HTTPRequest.Method.get), ("/v1/things", .post)] {
                let answer = try await client.execute(uri: path, method: method, headers: headers)
                #expect(answer.status == .unauthorized)
                #expect(answer.headers[.wwwAuthenticate] != nil)
                let fault = try JSONValue(parsing: String(buffer: answer.body))
                #expect(fault["code"] == 401)
                #expect(fault["title"] == "Unauthorized")
            }
        }
    }

    @Test(
        "a refusal is a JSON fault with its status",
        arguments: [
            ("/v1/nothing", HTTPRequest.Method.get, 404, "there is nothing at /v1/nothing"),
            ("/v1/thing/a", .delete, 405, "this path takes GET, HEAD"),
            ("/v1/things", .put, 405, "this path takes GET, HEAD, POST"),
            ("/v1/thing/%ff", .get, 400, "the path is not percent-encoded UTF-8"),
            ("/v1/thing/a?q=%ff", .get, 400, "the query is not percent-encoded UTF-8"),
            ("/v1/thing/lost", .get, 404, "there is no thing lost"),
            ("/v1/thing/broken", .get, 500, "something went wrong; the log has it as req-"),
            ("/v1/thing/slow", .get, 503, "the request took too long"),
            ("/v1/thing/" + String(repeating: "x", count: 9_000), .get, 414, "the address is longer than 8192 bytes"),
            ("/v1/things?limit=0&start=soon&colour=blue&limit=2", .get, 400, "limit is given 2 times; "),
        ])
    func faults(path: String, method: HTTPRequest.Method, status: Int, text: String) async throws {
        try await withAPI { client in
            let answer = try await client.execute(uri: path, method: method, headers: [.xAuthToken: Self.secret])
            #expect(answer.status.code == status)
            let fault = try JSONValue(parsing: String(buffer: answer.body))
            #expect(fault["code"] == .int(Int64(status)))
            #expect(fault["description"]?.string?.hasPrefix(text) == true, "\(fault)")
        }
    }

    @Test("a body above the route's limit is refused, one that isn't JSON as well")
    func bodies() async throws {
        try await withAPI { client in
            let headers: HTTPFields = [.xAuthToken: Self.secret]
            let large = ByteBuffer(repeating: UInt8(ascii: "1"), count: 2_000)
            let refused = try await client.execute(uri: "/v1/things", method: .post, headers: headers, body: large)
            #expect(refused.status == .contentTooLarge)
            let garbled = try await client.execute(
                uri: "/v1/things", method: .post, headers: headers, body: ByteBuffer(string: "{"))
            #expect(garbled.status == .badRequest)
            let good = try await client.execute(
                uri: "/v1/things", method: .post, headers: headers, body: ByteBuffer(string: #"{"a": [1, 2.5]}"#))
            #expect(String(buffer: good.body) == #"{"a":[1,2.5]}"#)
        }
    }

    @Test("a page links to the next one with the same query")
    func paging() async throws {
        try await withAPI { client in
            let uri = "/v1/things?q=a%2Bb%26c&marker=old&limit=2"
            let answer = try await client.execute(uri: uri, method: .get, headers: [.xAuthToken: Self.secret])
            #expect(answer.headers[.link] == "</v1/things?q=a%2Bb%26c&limit=2&marker=x%20/y>; rel=\"next\"")
        }
    }

    @Test("health is open; readiness names what is missing, and why to the holder of the token alone")
    func health() async throws {
        try await withAPI { client in
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            let open = try await client.execute(uri: "/readyz", method: .get)
            #expect(open.status == .serviceUnavailable)
            #expect(
                String(buffer: open.body)
                    == #"{"ready":false,"checks":[{"name":"database","ready":true},{"name":"broker","ready":false}]}"#)
            let told = try await client.execute(uri: "/v1/readiness", method: .get, headers: [.xAuthToken: Self.secret])
            #expect(told.status == .ok)
            #expect(String(buffer: told.body).contains(#""reason":"no broker at 127.0.0.1:1""#))
            #expect(try await client.execute(uri: "/v1/readiness", method: .get).status == .unauthorized)
        }
    }

    @Test("a check that blocks holds up nobody who asks, and the others' findings are told")
    func blockedCheck() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let monitor = ReadinessMonitor(checks: [
            ReadinessCheck("broker") { for await _ in gate.stream {} }, ReadinessCheck("database") {},
        ])
        let probe = try #require(HealthHandlers(monitor).probes.first { $0.path == "/readyz" })
        let request = APIRequest(
            id: "req-1", method: "GET", path: "/readyz", query: [], parameters: [:], body: [],
            logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await monitor.run() }
            try await eventually("the database is ready") {
                let answer = try await probe.handler(request)
                return String(decoding: answer.body, as: UTF8.self).contains(#""name":"database","ready":true"#)
            }
            let answer = try await probe.handler(request)
            #expect(answer.status == 503)
            #expect(String(decoding: answer.body, as: UTF8.self).contains(#"{"name":"broker","ready":false}"#))
            gate.continuation.finish()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("requests are counted by route and status, never by the path a stranger made up")
    func counted() async throws {
        let registry = InstrumentRegistry()
        try await withAPI(registry) { client in
            _ = try await client.execute(uri: "/v1/thing/a", method: .get, headers: [.xAuthToken: Self.secret])
            for index in 0..<5 { _ = try await client.execute(uri: "/x/\(index)", method: .get) }
        }
        let lines = registry.exposition().split(separator: "\n").filter { $0.hasPrefix("api_requests_total") }
        #expect(
            lines == [
                #"api_requests_total{method="GET",route="/v1/thing/{name}",status="200"} 1"#,
                #"api_requests_total{method="GET",route="NotFound",status="404"} 5"#,
            ])
    }

    /// A little API with what tests need of it, without a socket.
    private func withAPI(
        _ registry: InstrumentRegistry = InstrumentRegistry(),
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("token-\(UUID())")
        try Data((Self.secret + "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let sources = ConfigSources(file: nil, environment: [:], overrides: ["api.request_deadline=1s"])
        let (config, _) = try ConfigReader.load(TestConfig.self, from: sources)
        let checks = [
            ReadinessCheck("database") {}, ReadinessCheck("broker") { throw NoBroker() },
        ]
        let monitor = ReadinessMonitor(checks: checks)
        await monitor.look()
        let server = APIServer(
            config.api.server, routes: Self.routes + HealthHandlers(monitor).routes,
            token: try OperatorToken(file: file.path), instruments: APIInstruments(in: registry),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await server.application.test(.router) { client in try await body(client) }
    }

    private static let routes: [Route] = [
        .get("/v1/thing/{name}") { request in
            switch try request.parameter("name") {
            case "lost": throw Fault.notFound("there is no thing lost")
            case "broken": throw NoBroker()
            case "slow": try await ContinuousClock().sleep(for: .seconds(60))
            default: break
            }
            return .json(["name": .string(try request.parameter("name"))])
        },
        .get("/v1/things") { request in
            let query = QueryReader(request, now: Instant(seconds: 0))
            let page = PageRequest(query)
            _ = query.instant("start")
            _ = query.string("q")
            try query.check()
            return .page([.string(page.marker ?? "")], nextMarker: "x /y", of: request)
        },
        .post("/v1/things", bodyLimit: 1_000) { request in .json(try request.json()) },
    ]

    private struct NoBroker: Error, CustomStringConvertible {
        var description: String { "no broker at 127.0.0.1:1" }
    }

    private struct TestConfig: ConfigFile {
        static let about = ""
        let api: APIConfig
        init(reading file: ConfigReader) { api = file.section() }
    }
}

extension HTTPField.Name {
    fileprivate static var xAuthToken: Self { name("X-Auth-Token") }
    fileprivate static var requestID: Self { name("X-Openstack-Request-Id") }
    fileprivate static var link: Self { name("Link") }

    private static func name(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is a field name") }
        return name
    }
}
