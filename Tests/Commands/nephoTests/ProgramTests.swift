import APIKit
import Foundation
import JSON
import Logging
import ServiceKit
import Synchronization
import TestKit
import Testing

/// The built program against a server with known answers.
struct ProgramTests {
    @Test(
        "the help of every command is what the documentation says",
        arguments: [
            [], ["usage", "report"], ["usage", "explain"], ["bill", "export"], ["meter", "list"], ["measures", "show"],
            ["resource", "list"], ["resource", "show"], ["event", "list"], ["status"], ["doctor"], ["replay"],
            ["completion"],
        ])
    func help(command: [String]) async throws {
        let result = try await nepho(command + ["--help"])
        #expect(result.status == 0)
        let name = (["nepho"] + command).joined(separator: "-")
        let difference = try difference(from: "help-\(name).txt", result.output)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("the usage report prints a list of objects with decimal texts, in the order of the columns")
    func usageReport() async throws {
        try await withServer { environment in
            let report = try await nepho(["usage", "report", "-f", "json", "--project", "p"], environment)
            #expect(report.status == 0, "\(report.errors)")
            #expect(
                try JSONValue(parsing: report.output) == [
                    [
                        "project_id": "p", "resource_type": "volume", "resource_id": "v", "meter": "volume",
                        "quantity": "1.5", "unit": "GiB-h", "start": "2026-11-01T00:00:00Z",
                        "end": "2026-11-02T00:00:00Z",
                    ]
                ])
            let value = try await nepho(
                ["usage", "report", "-f", "value", "-c", "quantity", "-c", "unit"], environment)
            #expect(value.output == "1.5 GiB-h\n")
        }
    }

    @Test("what the server warns of goes to standard error, beside the whole answer")
    func warnings() async throws {
        try await withServer { environment in
            let bill = try await nepho(["bill", "export"], environment)
            #expect(bill.status == 0 && bill.output == "a,b\r\n")
            #expect(bill.errors == "nepho: meters without a price are not on the bill: port\n")
        }
    }

    @Test("an answer larger than a request may be is read")
    func largeAnswer() async throws {
        try await withServer { environment in
            let list = try await nepho(["resource", "list", "--type", "large", "-f", "value", "-c", "id"], environment)
            #expect(list.status == 0, "\(list.errors.prefix(200))")
            #expect(list.output.utf8.count == (17 << 20) + 1)
        }
    }

    @Test("a list is followed from page to page up to the limit")
    func paging() async throws {
        try await withServer { environment in
            let all = try await nepho(["resource", "list", "-f", "value", "-c", "id"], environment)
            #expect(all.output == "r0\nr1\nr2\nr3\n")
            let some = try await nepho(["resource", "list", "-f", "value", "-c", "id", "--limit", "3"], environment)
            #expect(some.output == "r0\nr1\nr2\n")
        }
    }

    @Test("one thing prints as a table of its fields, or as itself")
    func record() async throws {
        try await withServer { environment in
            let table = try await nepho(["resource", "show", "r 1"], environment)
            #expect(table.output.contains("| id         | r 1"), "\(table.output)")
            let yaml = try await nepho(["resource", "show", "r 1", "-f", "yaml"], environment)
            #expect(yaml.output == "id: \"r 1\"\nattributes:\n  host: h\n")
        }
    }

    @Test(
        "the exit code tells what went wrong",
        arguments: [
            (["usage", "report", "--bogus"], 2, "Unknown option '--bogus'"),
            (["usage", "report", "-c", "colour"], 2, "there is no column colour"),
            (["usage", "explain", "nobody"], 3, "nothing is known of nobody (404)"),
            (
                ["usage", "report", "--start", "-1h", "--url", "http://127.0.0.1:1"], 5,
                "no answer from http://127.0.0.1:1"
            ),
            (["status", "--url", "ftp://x"], 2, "ftp://x is no http or https address"),
            (["status", "--token-file", "/nonexistent"], 1, "no token: /nonexistent: not readable"),
            (["meter", "list"], 1, "went wrong"),
        ])
    func exitCodes(arguments: [String], status: Int32, text: String) async throws {
        try await withServer { environment in
            let result = try await nepho(arguments, environment)
            #expect(result.status == status, "\(result.errors)")
            #expect(result.errors.contains(text), "\(result.errors)")
        }
    }

    @Test("a wrong token is refused with a code of its own, and the token shows nowhere")
    func wrongToken() async throws {
        try await withServer { environment in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("wrong-\(UUID())")
            try Data("canary-canary-canary-canary".utf8).write(to: file)
            let result = try await nepho(["status", "--token-file", file.path], environment)
            try FileManager.default.removeItem(at: file)
            #expect(result.status == 4)
            #expect(!(result.output + result.errors).contains("canary"))
        }
    }

    @Test("doctor names what is bad and ends with a code of its own")
    func doctor() async throws {
        try await withServer { environment in
            let result = try await nepho(["doctor", "-f", "value"], environment)
            #expect(result.status == 6)
            #expect(result.output.contains("broker bad no broker\n"), "\(result.output)")
            #expect(result.output.contains("ingestion unknown the above has to be mended first\n"))
        }
    }

    @Test("a completion script comes for each shell", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let result = try await nepho(["completion", shell])
        #expect(result.status == 0)
        #expect(result.output.contains("nepho"))
    }

    private func nepho(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> ProgramResult {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        return try await runOnThread(
            folder.appendingPathComponent("nepho").path, arguments,
            environment: ["COLUMNS": "80", "NO_COLOR": "1"].merging(environment) { _, new in new })
    }

    /// Serves known answers on a free port; the environment tells the program of it.
    private func withServer(_ body: @escaping @Sendable ([String: String]) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("token-\(UUID())")
        try Data("correct-horse-battery-staple\n".utf8).write(to: file)
        let token = try OperatorToken(file: file.path)
        let sources = ConfigSources(file: nil, environment: [:], overrides: ["api.listen=127.0.0.1:0"])
        let (config, _) = try ConfigReader.load(TestConfig.self, from: sources)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let monitor = ReadinessMonitor(checks: [ReadinessCheck("broker") { throw NoBroker() }])
        await monitor.look()
        let server = APIServer(
            config.api.server, routes: HealthHandlers(monitor).routes + Self.routes, token: token,
            instruments: APIInstruments(in: InstrumentRegistry()),
            onListening: { listening.yield($0) }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await body(["NEPHO_URL": "http://127.0.0.1:\(port)", "NEPHO_TOKEN_FILE": file.path])
                break
            }
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // How a cancelled server ends.
            }
        }
        try FileManager.default.removeItem(at: file)
    }

    private static let routes: [Route] =
        [
            .get("/v1/usage/report") { _ in
                .json([
                    [
                        "project_id": "p", "resource_type": "volume", "resource_id": "v", "meter": "volume",
                        "quantity": "1.5", "unit": "GiB-h", "start": "2026-11-01T00:00:00Z",
                        "end": "2026-11-02T00:00:00Z",
                    ]
                ])
            },
            .get("/v1/usage/explain/{resource}") { request in
                throw Fault.notFound("nothing is known of \(try request.parameter("resource"))")
            },
            .get("/v1/usage/export") { _ in
                .csv(bytes: Array("a,b\r\n".utf8), fileName: "bill.csv")
                    .warning(of: "meters without a price are not on the bill: port")
            },
            .get("/v1/resource/{type}") { request in
                if try request.parameter("type") == "large" {
                    return .json([["id": .string(String(repeating: "x", count: 17 << 20))]])
                }
                let isSecond = request.query.contains { $0.name == "marker" }
                let ids = isSecond ? ["r2", "r3"] : ["r0", "r1"]
                return .page(ids.map { ["id": .string($0)] }, nextMarker: isSecond ? nil : "r1", of: request)
            },
            .get("/v1/resource/{type}/{id}") { request in
                .json(["id": .string(try request.parameter("id")), "attributes": ["host": "h"]])
            },
            .get("/v1/status") { _ in .json([:]) },
            .get("/v1/metric") { _ in throw NoBroker() },
        ]

    private struct NoBroker: Error, CustomStringConvertible {
        var description: String { "no broker" }
    }

    private struct TestConfig: ConfigFile {
        static let about = ""
        let api: APIConfig
        init(reading file: ConfigReader) { api = file.section() }
    }
}
