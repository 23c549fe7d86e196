import Aggregation
import Telemetry

/// Folding a day of one-second measures into windows of five minutes.
enum FoldBenchmarks {
    private static let methods: [AggregationMethod] = [.mean, .min, .max, .sum, .count, .std]

    static func all() -> [Benchmark] {
        let measures = Measures(
            timestamps: (0..<86_400).map { Instant(seconds: 1_795_000_000 + Int64($0)) },
            values: (0..<86_400).map { Double($0 * 7_919 % 10_007) / 16 })
        let plain = Folding(width: .fixed(.seconds(300)), methods: methods, kind: .gauge)
        let rates = Folding(width: .fixed(.seconds(300)), methods: [.mean, .rate(.mean)], kind: .cumulative)
        let percentiles = Folding(
            width: .fixed(.seconds(300)), methods: [.median, .percentile(95), .percentile(99)], kind: .gauge)
        return [
            Benchmark(
                name: "Fold", unit: "measure", unitsPerCall: measures.count,
                ways: [
                    .init(name: "Folding, mean min max sum count std") { plain.fold(measures).count },
                    .init(name: "a dictionary of windows, a pass per method") { grouped(measures) },
                    .init(name: "Folding, mean rate:mean") { rates.fold(measures).count },
                    .init(name: "Folding, three percentiles") { percentiles.fold(measures).count },
                ])
        ]
    }

    /// The same aggregates as one would first write them.
    private static func grouped(_ measures: Measures) -> Int {
        let windows = Dictionary(grouping: measures) { $0.timestamp.floor(to: .seconds(300)) }
        let aggregates = windows.mapValues { window -> [Double] in
            let values = window.map(\.value)
            let sum = values.reduce(0, +)
            let mean = sum / Double(values.count)
            let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
            return [
                mean, values.min() ?? 0, values.max() ?? 0, sum, Double(values.count),
                (squares / Double(values.count - 1)).squareRoot(),
            ]
        }
        return aggregates.sorted { $0.key < $1.key }.count
    }
}
