import ArgumentParser
import JSON

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How far behind each topic is, how fast it is read, and when each host last reported.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let status = try await server.client.json("/v1/status")
        try output.print(StatusLine.lines(of: status), as: StatusLine.self)
    }
}

/// A line of the status: a partition that is read, or a host that reports.
enum StatusLine: Listed {
    static let columns = [
        Column("kind"), Column("name"), Column("lag"), Column("per_second"), Column("age_seconds"), Column("last"),
    ]

    static func lines(of status: JSONValue) -> [JSONValue] {
        let partitions = (status["partitions"]?.elements ?? []).map { partition -> JSONValue in
            let name = (partition["topic"]?.string ?? "") + "/" + (partition["partition"]?.text ?? "")
            return [
                "kind": "topic", "name": .string(name), "lag": partition["lag"] ?? .null,
                "per_second": partition["per_second"] ?? .null, "age_seconds": partition["age_seconds"] ?? .null,
                "last": partition["advanced_at"] ?? .null,
            ]
        }
        let hosts = (status["hosts"]?.elements ?? []).map { host -> JSONValue in
            [
                "kind": "host", "name": host["host"] ?? .null, "age_seconds": host["age_seconds"] ?? .null,
                "last": host["seen_at"] ?? .null,
            ]
        }
        return partitions + hosts
    }
}
