import Foundation

/// Runs all benchmarks, or those whose name contains the first argument.
@main
enum Main {
    static func main() throws {
        let filter = CommandLine.arguments.dropFirst().first
        let benchmarks =
            try JSONBenchmarks.all() + ConversionBenchmarks.all() + FoldBenchmarks.all() + CodecBenchmarks.all()
            + BatchWireBenchmarks.all()
        for benchmark in benchmarks where filter.map({ benchmark.name.localizedCaseInsensitiveContains($0) }) ?? true {
            let report = Report(benchmark: benchmark, costs: try benchmark.measure())
            print(report.text)
        }
    }
}
