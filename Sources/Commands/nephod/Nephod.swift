import ArgumentParser

/// The daemon: one binary, whose roles make up a site.
@main
struct Nephod: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nephod",
        abstract: "Nephoscope's daemon: collects, ingests, stores and serves, in one role or several.",
        discussion: """
            Configuration comes from a YAML file, then the environment (NEPHO_<SECTION>_<KEY>), then --set.
            Exit codes: 0 done or stopped; 1 failed; 2 wrong usage or configuration.
            """,
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
            exit(withStatusOf: error)
        }
    }
}
