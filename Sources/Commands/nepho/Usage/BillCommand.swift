import ArgumentParser

struct BillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bill", abstract: "What was used, priced.", subcommands: [Export.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the bill of a period: one line per resource, meter, price and stretch of time.",
            discussion: "Amounts are exact decimals. Without a period, it is this month so far (UTC).")

        enum Format: String, CaseIterable, ExpressibleByArgument {
            case csv, json
        }

        @Option(help: "The format: csv or json.")
        var format = Format.csv
        @Option(help: ArgumentHelp("Only this project.", valueName: "id"))
        var project: String?
        @OptionGroup var period: PeriodOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let query = [("project", project), ("format", format.rawValue)] + period.query
            StandardStream.output.write(try await server.client.text("/v1/usage/export", query))
        }
    }
}
