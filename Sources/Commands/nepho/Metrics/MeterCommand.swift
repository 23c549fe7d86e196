import ArgumentParser

struct MeterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meter", abstract: "What is measured.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The meters per type of resource, or with --resource those of one resource.")

        @Option(help: ArgumentHelp("The metrics of this resource.", valueName: "id"))
        var resource: String?
        @Option(help: ArgumentHelp("Only meters of this type of resource.", valueName: "type"))
        var type: String?
        @Option(help: ArgumentHelp("Only the meter of this name.", valueName: "name"))
        var name: String?
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let query = [("resource_id", resource), ("resource_type", type), ("name", name)]
            let meters = try await server.client.list("/v1/metric", query, limit: nil)
            if resource == nil {
                try output.print(meters, as: ListedMeter.self)
            } else {
                try output.print(meters, as: ListedMetric.self)
            }
        }

        func validate() throws {
            if resource != nil, type != nil { throw ValidationError("--type has no meaning with --resource.") }
        }
    }
}

/// A meter of a type of resource.
enum ListedMeter: Listed {
    static let columns = [
        Column("name"), Column("resource_type"), Column("kind"), Column("unit"), Column("metric_count"),
    ]
}

/// A meter of one resource.
enum ListedMetric: Listed {
    static let columns = [
        Column("name"), Column("resource_id"), Column("kind"), Column("unit"), Column("archive_policy_name"),
    ]
}
