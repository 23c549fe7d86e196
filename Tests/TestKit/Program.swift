internal import Foundation

/// The outcome of a program that ran to its end.
package struct ProgramResult: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String
}

/// Runs a program to its end as `run` does, waiting on a thread of its own.
///
/// For a program that asks a server in this process: the pool of tasks, on which the server's handlers run, is as wide as the
/// machine and must not be blocked.
package func runOnThread(
    _ path: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:]
) async throws -> ProgramResult {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result { try run(path, arguments, input: input, environment: environment) })
        }
    }
}

/// Runs a program to its end with this standard input and environment added to the test's own.
///
/// For short programs whose output fits a pipe's buffer or comes on one of the two streams only.
package func run(
    _ path: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:]
) throws -> ProgramResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    let (standardInput, standardOutput, standardError) = (Pipe(), Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = standardError
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
    let errors = try standardError.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return ProgramResult(
        status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
        errors: String(decoding: errors, as: UTF8.self))
}
