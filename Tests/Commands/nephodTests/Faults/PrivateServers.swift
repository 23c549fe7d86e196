import Foundation
import TestKit

/// A PostgreSQL and a broker of one test's own, as processes that it may kill and start again.
///
/// They are started by the functions of `ops/lib`, as an operator's are. PostgreSQL runs without fsync: the machine does not
/// lose power here, and what a process has written survives the process.
struct PrivateServers: Sendable {
    enum Server: String, CaseIterable, Sendable {
        case postgres, broker
    }

    /// The broker is told this address and tells it to its clients, who reach the proxy by replacing it.
    static let brokerHost = "127.0.0.2"

    private let home: URL
    let postgresPort: Int
    let brokerPort: Int

    /// Starts both, lends them, and removes them with their data; where `body` throws, data and logs are kept.
    static func run(_ body: (PrivateServers) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("servers-\(UUID())")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        // PostgreSQL runs as a user of its own, who has to pass through.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: home.path)
        let servers = PrivateServers(
            home: home, postgresPort: try RunningDaemon.freePort(), brokerPort: try RunningDaemon.freePort())
        do {
            for server in Server.allCases { try servers.start(server) }
            try servers.call("postgres_database \(servers.postgresPort) nephoscope")
            try await body(servers)
        } catch {
            print("The servers of the failed test have left their data and logs in \(home.path)")
            for server in Server.allCases { try servers.stop(server) }
            throw error
        }
        for server in Server.allCases { try servers.stop(server) }
        try FileManager.default.removeItem(at: home)
    }

    /// Starts the server where it does not run, and waits until it answers.
    func start(_ server: Server) throws {
        switch server {
        case .postgres: try call("postgres_start \(postgresPort) 'fsync = off' 'max_connections = 100'")
        case .broker: try call("broker_start \(brokerPort)")
        }
    }

    /// Asks the server to end, and waits.
    func stop(_ server: Server) throws { try call("\(server.rawValue)_stop") }

    /// Ends the server's processes at once, as a crash of its container does.
    ///
    /// PostgreSQL's children go with it: those that are left for a moment would keep it from starting again.
    func kill(_ server: Server) throws {
        let text = try String(contentsOf: home.appendingPathComponent("run/\(server.rawValue).pid"), encoding: .utf8)
        guard let pid = text.split(separator: " ").first.flatMap({ pid_t($0) }) else { return }
        let children = try TestKit.run("/usr/bin/pgrep", ["-P", "\(pid)"]).output.split(separator: "\n")
        for process in [pid] + children.compactMap({ pid_t($0) }) { Glibc.kill(process, SIGKILL) }
        // In a container whose first process takes no notice of dead orphans, the number stays taken, and PostgreSQL would
        // think that its predecessor still runs.
        let lock = home.appendingPathComponent("postgres/postmaster.pid")
        if server == .postgres { try FileManager.default.removeItem(at: lock) }
    }

    private func call(_ command: String) throws {
        let script = """
            source ops/lib/common.sh; source ops/lib/postgres.sh; source ops/lib/broker.sh; \(command)
            """
        let result = try TestKit.run(
            "/usr/bin/env", ["-C", RunningDaemon.root.path, "bash", "-c", script],
            environment: [
                "NEPHO_HOME": home.path, "BROKER_HOST": Self.brokerHost,
                "BROKER_ENVIRONMENT": try TestEnvironment.value(of: "NEPHO_TEST_BROKER_ENVIRONMENT"),
            ])
        guard result.status == 0 else { throw Failed(command: command, errors: result.errors) }
    }

    struct Failed: Error {
        let command: String
        let errors: String
    }
}
