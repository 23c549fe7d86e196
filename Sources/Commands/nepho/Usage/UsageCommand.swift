import ArgumentParser
import JSON

struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "What was used, exact to the second.", subcommands: [Report.self, Explain.self])

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Quantities per project, resource and meter.",
            discussion: "Without a period, it is this month so far (UTC). Quantities are decimal texts.")

        @Option(help: ArgumentHelp("Only this project.", valueName: "id"))
        var project: String?
        @OptionGroup var period: PeriodOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let query = [("project", project)] + period.query
            let rows = try await server.client.list("/v1/usage/report", query, limit: nil)
            try output.print(rows, as: UsageRow.self)
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The intervals of one resource, and the events that opened and closed each.")

        @Argument(help: "The resource's id.")
        var resource: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let intervals = try await server.client.list(
                "/v1/usage/explain/" + APIClient.encoded(resource), limit: nil)
            try output.print(intervals, as: ExplainedInterval.self)
        }
    }
}

/// A quantity of one meter of one resource over a period.
enum UsageRow: Listed {
    static let columns = [
        Column("project_id"), Column("resource_type"), Column("resource_id"), Column("meter"), Column("quantity"),
        Column("unit"), Column("start"), Column("end"),
    ]
}

/// A stretch of a resource's life during which nothing that is billed changed.
enum ExplainedInterval: Listed {
    static let columns = [
        Column("resource_type"), Column("start"), Column("end"), Column("state"), Column("project_id"),
        Column("flavor"),
        Column("size_bytes"), Column("host"), Column("opened_by", value: { event($0["opened_by"]) }),
        Column("closed_by", value: { event($0["closed_by"]) }), Column("audited"), Column("confirmations"),
    ]

    /// `compute.instance.create.end 46a7a7ab-…`
    private static func event(_ event: JSONValue?) -> JSONValue {
        guard let id = event?["message_id"]?.string else { return .null }
        let type = event?["event_type"]?.string
        return .string([type, id].compactMap(\.self).joined(separator: " "))
    }
}
