import ArgumentParser
import JSON

struct MeasuresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measures", abstract: "What the readings were.", subcommands: [Show.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The aggregates of one meter of one resource.")

        @Argument(help: "The resource's id.")
        var resource: String
        @Argument(help: "The meter's name.")
        var meter: String
        @Option(
            help: ArgumentHelp(
                "mean, min, max, sum, count, std, first, last, median, 95pct, rate:mean …, or none for the readings themselves.",
                valueName: "method"))
        var aggregation: String?
        @Option(help: ArgumentHelp("Only windows of this width: 300, 5m, 1h.", valueName: "duration"))
        var granularity: String?
        @Option(help: ArgumentHelp("Fold the windows into wider ones: 1h, 1d.", valueName: "duration"))
        var resample: String?
        @OptionGroup var period: PeriodOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path =
                "/v1/resource/generic/\(APIClient.encoded(resource))/metric/\(APIClient.encoded(meter))/measures"
            let query = [
                ("start", period.start), ("stop", period.end), ("aggregation", aggregation),
                ("granularity", granularity),
                ("resample", resample),
            ]
            try output.print(try await server.client.list(path, query, limit: nil), as: ListedMeasure.self)
        }
    }
}

/// Gnocchi's form of a measure: `[timestamp, granularity, value]`.
enum ListedMeasure: Listed {
    static let columns = ["timestamp", "granularity", "value"].enumerated().map { index, name in
        Column(name) { measure in
            guard let parts = measure.elements, index < parts.count else { return .null }
            return parts[index]
        }
    }
}
