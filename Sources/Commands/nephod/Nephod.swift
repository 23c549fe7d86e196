import ArgumentParser
import Documents
import Glibc
import ServiceKit

/// The daemon: one binary, one configuration, a role or several per process.
@main
struct Nephod: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nephod",
        abstract: "Collect, store and serve what a cloud uses.",
        discussion: "Exit codes: 0 done; 1 failed; 2 wrong usage or configuration.",
        subcommands: [
            RunCommand.self, MigrateCommand.self, CheckConfigCommand.self, PrintConfigCommand.self, ConvertCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Says why the program ends, and ends it. Asking for help is no failure.
    private static func end(with error: any Error) -> Never {
        if let documents = error as? DocumentError {
            StandardStream.error.write("\(documents)\n")
            Glibc.exit(2)
        }
        let code = exitCode(for: error)
        if code.isSuccess {
            StandardStream.output.write(fullMessage(for: error) + "\n")
            Glibc.exit(0)
        }
        if code == .validationFailure {
            StandardStream.error.write(fullMessage(for: error) + "\n")
            Glibc.exit(2)
        }
        StandardStream.error.write("nephod: \(ErrorChain(error))\n")
        Glibc.exit(1)
    }
}
