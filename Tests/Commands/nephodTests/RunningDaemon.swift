import Foundation
import TestKit

/// The built daemon as a process of its own, to be stopped or killed.
struct RunningDaemon {
    let process: Process

    static let program = builtProgram("nephod")

    /// The root of the checkout, from which the default paths of the configuration hold.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Starts the daemon with these arguments; its log goes to the test's standard error.
    init(_ arguments: [String], environment: [String: String]) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        process.currentDirectoryURL = Self.root
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        try process.run()
    }

    /// A port that nobody listened on a moment ago.
    static func freePort() throws -> Int {
        let result = try run(
            "/usr/bin/python3", ["-c", "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])"])
        guard let port = Int(result.output.filter(\.isNumber)) else { throw CocoaError(.featureUnsupported) }
        return port
    }

    /// Ends the process at once where it still runs.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks the process to stop and gives its exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// The path of a program that was built with the tests, beside them.
private func builtProgram(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
}

/// Runs the operator's program to its end.
func nepho(_ arguments: [String], _ environment: [String: String]) throws -> ProgramResult {
    try run(builtProgram("nepho"), arguments, environment: environment)
}

/// Runs the daemon's program to its end from the root of the checkout.
func nephod(_ arguments: [String], _ environment: [String: String] = [:]) throws -> ProgramResult {
    try run("/usr/bin/env", ["-C", RunningDaemon.root.path, RunningDaemon.program] + arguments, environment: environment)
}
