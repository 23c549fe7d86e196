import Foundation
import Synchronization
import TestKit

/// Some ingesters that share the partitions, and the supervisor that starts again what has ended.
final class Ingesters: Sendable {
    private let environment: [String: String]
    private let running: Mutex<[RunningDaemon]>
    /// Ends of processes that nobody asked for: a supervisor would have counted them too.
    private let ownEnds = Mutex(0)

    init(count: Int, environment: [String: String]) throws {
        self.environment = environment
        running = Mutex(try (0..<count).map { try Self.start($0, environment) })
    }

    var endsOfTheirOwn: Int { ownEnds.withLock { $0 } }

    private static func start(_ number: Int, _ environment: [String: String]) throws -> RunningDaemon {
        let own = ["NEPHO_INGESTION_MEMBER": "ingester-\(number)"]
        return try RunningDaemon(["run", "ingestion", "compaction"], environment: environment.merging(own) { $1 })
    }

    /// Starts again those that have ended.
    func supervise() throws {
        try running.withLock { daemons in
            for (number, daemon) in daemons.enumerated() where !daemon.process.isRunning {
                ownEnds.withLock { $0 += 1 }
                daemons[number] = try Self.start(number, environment)
            }
        }
    }

    /// Kills one and starts it again.
    func kill(_ number: Int) throws {
        try running.withLock { daemons in
            daemons[number].kill()
            daemons[number] = try Self.start(number, environment)
        }
    }

    /// Asks one to stop and starts it again.
    ///
    /// - Returns: its exit code.
    func restart(_ number: Int) throws -> Int32 {
        try running.withLock { daemons in
            let status = daemons[number].stop()
            daemons[number] = try Self.start(number, environment)
            return status
        }
    }

    func killAll() {
        for daemon in running.withLock(\.self) { daemon.kill() }
    }
}
