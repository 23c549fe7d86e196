import ArgumentParser

struct ResourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resource", abstract: "What things are measured.", subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The resources, ordered by id.")

        @Option(help: ArgumentHelp("Only this type: instance, volume, image, host …", valueName: "type"))
        var type = "generic"
        @Option(help: ArgumentHelp("Only this project.", valueName: "id"))
        var project: String?
        @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
        var limit: Int?
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = "/v1/resource/" + APIClient.encoded(type)
            let resources = try await server.client.list(path, [("project_id", project)], limit: limit)
            try output.print(resources, as: ListedResource.self)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One resource with its attributes and metrics.")

        @Argument(help: "The resource's id.")
        var resource: String
        @Flag(help: "Show how its attributes changed instead, one line per change.")
        var history = false
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = "/v1/resource/generic/" + APIClient.encoded(resource)
            if history {
                let revisions = try await server.client.list(path + "/history", limit: nil)
                try output.print(revisions, as: ResourceRevision.self)
            } else {
                try output.print(record: try await server.client.json(path))
            }
        }
    }
}

enum ListedResource: Listed {
    static let columns = [
        Column("id"), Column("type"), Column("project_id"), Column("user_id"), Column("started_at"), Column("ended_at"),
    ]
}

enum ResourceRevision: Listed {
    static let columns = [
        Column("revision_start"), Column("revision_end"), Column("project_id"), Column("user_id"), Column("attributes"),
    ]
}
