import ArgumentParser
import Documents
import Glibc
import ServiceKit

/// What the exit code tells a supervisor.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case wrongUsage = 2
}

extension Nephod {
    /// Prints why the command ended and exits. Asking for help is no failure; problems of files are all printed.
    static func exit(withStatusOf error: any Error) -> Never {
        if let error = error as? DocumentError {
            StandardErrorLog.writeToStandardError(error.problems.map { "nephod: \($0)\n" }.joined())
            Glibc.exit(ExitStatus.wrongUsage.rawValue)
        }
        let code = exitCode(for: error)
        if code.isSuccess {
            print(fullMessage(for: error))
            Glibc.exit(ExitStatus.done.rawValue)
        }
        if code == .validationFailure {
            StandardErrorLog.writeToStandardError(fullMessage(for: error) + "\n")
            Glibc.exit(ExitStatus.wrongUsage.rawValue)
        }
        StandardErrorLog.writeToStandardError("nephod: \(ErrorChain(error))\n")
        Glibc.exit(ExitStatus.failed.rawValue)
    }
}
