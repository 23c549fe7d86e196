import ArgumentParser
import Glibc

/// What the exit code tells a script.
enum ExitStatus: Int32, Sendable {
    case done = 0
    case failed = 1
    case wrongUsage = 2
    case notFound = 3
    case refused = 4
    case unreachable = 5
    case faultFound = 6
}

extension Nepho {
    /// Prints why the command ended and exits. Asking for help is no failure.
    static func exit(withStatusOf error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            if let text = failure.text { StandardStream.error.write("nepho: \(text)\n") }
            Glibc.exit(failure.status.rawValue)
        }
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code.isSuccess {
            StandardStream.output.write(text + "\n")
            Glibc.exit(ExitStatus.done.rawValue)
        }
        StandardStream.error.write(text + "\n")
        Glibc.exit(code == .validationFailure ? ExitStatus.wrongUsage.rawValue : ExitStatus.failed.rawValue)
    }
}

/// Why a command ended without doing what it was asked, for the person before the terminal.
struct CommandFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    /// One sentence; nil where the output has said it already.
    let text: String?

    init(_ status: ExitStatus, _ text: String?) {
        self.status = status
        self.text = text
    }

    var description: String { text ?? "exit code \(status.rawValue)" }
}
