import ArgumentParser
import JSON

struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "What happened.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Events with their traits, newest first.",
            discussion:
                "Conditions are trait=value, trait>=value and the like, on texts unless written trait:integer=value; all must hold."
        )

        @Argument(help: "Conditions on traits, such as resource_id=….")
        var conditions: [String] = []
        @Option(help: ArgumentHelp("Only this type; * stands for any text: compute.instance.*", valueName: "pattern"))
        var type: String?
        @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
        var limit = 100
        @OptionGroup var period: PeriodOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let queries = try conditions.map { try EventCondition($0) }
            var query: [(String, String?)] = queries.flatMap(\.query)
            query += [
                ("event_type", type), ("start", period.start), ("end", period.end), ("limit", "\(min(limit, 1_000))"),
            ]
            try output.print(try await server.client.list("/v2/events", query, limit: limit), as: ListedEvent.self)
        }

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
        }
    }
}

/// A condition as people write it, and as Panko's API takes it: `q.field=…&q.op=eq&q.value=…`.
struct EventCondition {
    let field: String
    let comparison: String
    /// Panko's name of the value's type; a trait has to have the same one.
    let type: String?
    let value: String

    private static let operators = [("!=", "ne"), (">=", "ge"), ("<=", "le"), ("=", "eq"), (">", "gt"), ("<", "lt")]

    init(_ text: String) throws {
        for (index, _) in zip(text.indices, text).dropFirst() {
            let rest = text[index...]
            guard let (sign, word) = Self.operators.first(where: { rest.hasPrefix($0.0) }) else { continue }
            let name = text[..<index]
            let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
            let isTyped = parts.count == 2 && Self.types.contains(parts[1])
            self.field = isTyped ? parts[0] : String(name)
            self.type = isTyped ? parts[1] : nil
            self.comparison = word
            self.value = String(rest.dropFirst(sign.count))
            return
        }
        throw CommandFailure(.wrongUsage, "\(text) is no condition; write one as trait=value")
    }

    private static let types = ["string", "integer", "float", "datetime"]

    var query: [(String, String?)] {
        [("q.field", field), ("q.op", comparison), ("q.type", type), ("q.value", value)]
    }
}

enum ListedEvent: Listed {
    static let columns = [
        Column("generated"), Column("event_type"), Column("message_id"),
        Column("traits") { event in
            let traits = event["traits"]?.elements ?? []
            return .object(
                traits.compactMap { trait in
                    trait["name"]?.string.map { JSONValue.Member($0, trait["value"] ?? .null) }
                })
        },
    ]
}
