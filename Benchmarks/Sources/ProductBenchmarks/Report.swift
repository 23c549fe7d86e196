import Foundation

/// Prints the costs of one benchmark: CPU nanoseconds per unit, and each comparison as a multiple of the first way.
struct Report {
    let benchmark: Benchmark
    let costs: [Benchmark.Cost]

    var text: String {
        let own = costs.first?.nanoseconds ?? .nan
        let lines = costs.map { cost in
            let ratio = cost.nanoseconds / own
            return "  " + cost.way.padding(toLength: 44, withPad: " ", startingAt: 0)
                + String(format: "%12.1f ns %9.2f ×", cost.nanoseconds, ratio)
        }
        return (["\(benchmark.name), CPU time per \(benchmark.unit):"] + lines).joined(separator: "\n")
    }
}
