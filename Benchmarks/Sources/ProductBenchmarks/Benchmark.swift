/// Several ways to do one piece of work, measured one after the other in the same run.
struct Benchmark {
    let name: String
    /// What the cost is given per: "notification", "measure".
    let unit: String
    /// How many units one call of each way does.
    let unitsPerCall: Int
    /// The first is ours; the others are what it is compared with.
    let ways: [Way]

    struct Way {
        let name: String
        /// Does the work once and returns something of its result, so that the compiler can't leave it out.
        let run: () throws -> Int
    }

    /// What one way costs: nanoseconds of CPU per unit.
    struct Cost {
        let way: String
        let nanoseconds: Double
    }

    /// Long enough to be far above the clock's step and a few page faults.
    private static let roundNanoseconds = 100e6
    /// The least of several rounds is the one that other load disturbed least.
    private static let rounds = 5

    func measure() throws -> [Cost] {
        try ways.map { way in
            var calls = 1
            var best = try Self.cost(of: way, calls: calls)
            while best < Self.roundNanoseconds {
                calls *= 2
                best = try Self.cost(of: way, calls: calls)
            }
            for _ in 1..<Self.rounds { best = min(best, try Self.cost(of: way, calls: calls)) }
            return Cost(way: way.name, nanoseconds: best / Double(calls) / Double(unitsPerCall))
        }
    }

    private static func cost(of way: Way, calls: Int) throws -> Double {
        var sink = 0
        let start = CPUClock.now()
        for _ in 0..<calls { sink &+= try way.run() }
        let cost = CPUClock.now() - start
        withExtendedLifetime(sink) {}
        return cost
    }
}
