import ArgumentParser

struct MeterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meter", abstract: "What is measured.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The stored metrics: a meter of a resource each.")

        @Option(help: ArgumentHelp("Only this resource.", valueName: "id"))
        var resource: String?
        @Option(help: ArgumentHelp("Only the meter of this name.", valueName: "name"))
        var name: String?
        @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
        var limit: Int?
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let query = [("resource_id", resource), ("name", name)]
            let metrics = try await server.client.list("/v1/metric", query, limit: limit)
            try output.print(metrics, as: ListedMetric.self)
        }
    }
}

enum ListedMetric: Listed {
    static let columns = [
        Column("id"), Column("resource_id"), Column("name"), Column("kind"), Column("unit"),
        Column("archive_policy_name"),
    ]
}
