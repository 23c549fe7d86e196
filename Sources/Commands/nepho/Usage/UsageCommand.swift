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
        @Option(help: ArgumentHelp("Only this type of resource, such as instance or volume.", valueName: "type"))
        var type: String?
        @Option(help: ArgumentHelp("Only this resource.", valueName: "id"))
        var resource: String?
        @OptionGroup var period: PeriodOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let query = [("project", project), ("resource_type", type), ("resource_id", resource)] + period.query
            let rows = try await server.client.list("/v1/usage/report", query, limit: nil)
            try output.print(rows, as: UsageRow.self)
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The intervals of one resource, and the events that opened and closed each.",
            discussion: """
                Then the events outside of every interval, as lines of the kind fact; where there are only those, nothing is billed, \
                and they tell why.
                """)

        @Argument(help: "The resource's id.")
        var resource: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let lines = try await server.client.list("/v1/usage/explain/" + APIClient.encoded(resource), limit: nil)
            try output.print(lines, as: ExplainedLine.self)
            if !lines.contains(where: { $0["kind"] == "interval" }) {
                StandardStream.error.write(
                    "nepho: nothing is billed: the facts tell of no time in which it was usable\n")
            }
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

/// A stretch of a resource's life during which nothing that is billed changed, or a fact outside of all of them.
enum ExplainedLine: Listed {
    static let columns = [
        Column("kind"), Column("resource_type"), Column("start", value: { $0["start"] ?? $0["generated"] ?? .null }),
        Column("end"), Column("state"), Column("project_id"), Column("flavor"), Column("size_bytes"), Column("host"),
        Column("opened_by", value: { event($0["opened_by"] ?? $0) }),
        Column("closed_by", value: { event($0["closed_by"]) }),
        Column("audited"),
        Column("confirmations", value: { ($0["confirmations"]?.elements).map { .int(Int64($0.count)) } ?? .null }),
        Column("tells", value: { tells($0) }),
    ]

    /// What a fact says about the start and the end of the resource's life.
    private static func tells(_ line: JSONValue) -> JSONValue {
        guard line["kind"] == "fact" else { return .null }
        let start = line["start_told"]?.string.map { "start \($0)" }
        let end = line["end_told"]?.string.map { "end \($0)" }
        return .string([start, end, line["standing"]?.string].compactMap(\.self).joined(separator: ", "))
    }

    /// `compute.instance.create.end 46a7a7ab-…`
    private static func event(_ event: JSONValue?) -> JSONValue {
        guard let id = event?["message_id"]?.string else { return .null }
        let type = event?["event_type"]?.string
        return .string([type, id].compactMap(\.self).joined(separator: " "))
    }
}
