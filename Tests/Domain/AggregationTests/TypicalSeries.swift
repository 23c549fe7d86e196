import Aggregation
import Telemetry
import TestKit

/// Series like those that collectors make, for round trips and for the table of sizes.
struct TypicalSeries: Sendable, CustomStringConvertible {
    let name: String
    let measures: Measures

    var description: String { name }

    /// A poll every ten seconds, for an hour unless another count is asked for.
    static func all(seed: UInt64 = 1, count: Int = 360) -> [TypicalSeries] {
        var random = SeededGenerator(seed: seed)
        let start = Instant("2026-11-23T19:00:03.155489Z") ?? Instant(seconds: 0)
        let steady = (0..<count).map { start + .seconds(10 * $0) }
        let jittered = steady.map { $0 + .microseconds(Int64.random(in: 0..<4_000, using: &random)) }
        let jitteredNanoseconds = steady.map { $0 + .nanoseconds(Int64.random(in: 0..<4_000_000, using: &random)) }
        var cpu = 81_234_567_000_000.0
        var bytes = 48_211_034_112.0
        var idle = 1_204_338.0
        func series(_ name: String, _ times: [Instant], _ value: (Int) -> Double) -> TypicalSeries {
            TypicalSeries(
                name: name, measures: Measures(timestamps: times, values: times.indices.map(value)))
        }
        return [
            series("cpu ns counter, steady", steady) { _ in
                cpu += Double(Int64.random(in: 1_900_000_000...2_100_000_000, using: &random))
                return cpu
            },
            series("cpu ns counter, times jittered by µs", jittered) { _ in
                cpu += Double(Int64.random(in: 1_900_000_000...2_100_000_000, using: &random))
                return cpu
            },
            series("bytes counter, steady", steady) { _ in
                bytes += Double(Int64.random(in: 0...5_000_000, using: &random))
                return bytes
            },
            series("bytes counter, mostly idle", steady) { _ in
                if Int.random(in: 0..<20, using: &random) == 0 {
                    idle += Double(Int64.random(in: 40...1_500, using: &random))
                }
                return idle
            },
            series("temperature in tenths, steady", steady) { index in
                (450 + Double(index % 40) / 4 + Double(Int64.random(in: -5...5, using: &random))).rounded() / 10
            },
            series("percent, any double, steady", steady) { _ in Double.random(in: 0...100, using: &random) },
            series("constant whole, steady", steady) { _ in 2_048 },
            series("constant fraction, steady", steady) { _ in 1.0 / 3 },
            series("constant whole, times jittered by ns", jitteredNanoseconds) { _ in 2_048 },
        ]
    }
}
