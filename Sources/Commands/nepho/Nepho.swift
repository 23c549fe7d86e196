import ArgumentParser

/// The command line: asks the API, prints what it says.
@main
struct Nepho: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nepho",
        abstract: "Ask Nephoscope what was measured, what was used, and how it is doing.",
        discussion: """
            NEPHO_URL and NEPHO_TOKEN_FILE in the environment stand for --url and --token-file.
            Exit codes: 0 done; 1 failed; 2 wrong usage; 3 there is no such thing; 4 the token was refused; \
            5 the server can't be reached or isn't ready; 6 doctor found a fault.
            """,
        subcommands: [
            UsageCommand.self, BillCommand.self, MeterCommand.self, MeasuresCommand.self, ResourceCommand.self,
            EventCommand.self, StatusCommand.self, DoctorCommand.self, ReplayCommand.self, CompletionCommand.self,
        ])

    /// Runs the command that the arguments name and exits with the code that says how it went.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withStatusOf: error)
        }
    }
}
