import Telemetry

/// A generator whose numbers follow from its seed (SplitMix64), so that a failure can be repeated.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func uuid(hyphenated: Bool = true) -> String {
        let digits = (0..<32).map { _ in String(Int.random(in: 0..<16, using: &self), radix: 16) }
        guard hyphenated else { return digits.joined() }
        let cuts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return cuts.map { digits[$0].joined() }.joined(separator: "-")
    }
}

extension SampleBatch {
    /// A batch of any shape.
    static func random(using random: inout SeededRandom, resources: Int? = nil) -> SampleBatch {
        let meters = (0..<Int.random(in: 1...12, using: &random)).map { index in
            BatchMeter(
                name: MeterName("meter.\(index)"), kind: MeterKind.allCases.randomElement(using: &random) ?? .gauge,
                unit: ["B", "ns", "", "%"].randomElement(using: &random) ?? "")
        }
        let count = resources ?? Int.random(in: 0...20, using: &random)
        return SampleBatch(
            host: HostName(["compute1", "", "ä☃"].randomElement(using: &random) ?? ""),
            epoch: .random(in: 0 ... .max, using: &random), sequence: .random(in: 0...1_000, using: &random),
            polledAt: Instant(nanoseconds: .random(in: 0...2_000_000_000_000_000_000, using: &random)),
            interval: .nanoseconds(Int64.random(in: 0...600_000_000_000, using: &random)), meters: meters,
            resources: (0..<count).map { _ in resource(meters: meters.count, using: &random) })
    }

    private static func resource(meters: Int, using random: inout SeededRandom) -> BatchResource {
        let offset = Int64.random(in: -1_000_000...5_000_000_000, using: &random)
        let sharesOffset = Bool.random(using: &random)
        let readings = (0..<Int.random(in: 0...10, using: &random)).map { _ in
            BatchReading(
                meter: .random(in: 0..<meters, using: &random), value: value(using: &random),
                offset: sharesOffset ? offset : .random(in: -1_000_000...5_000_000_000, using: &random))
        }
        let attributes = (0..<Int.random(in: 0...4, using: &random)).map { index in
            BatchAttribute("key\(index)", random.uuid(hyphenated: .random(using: &random)))
        }
        let id = [random.uuid(), "\(random.uuid())-vda", "i-\(random.uuid())-tap0", "host"].randomElement(
            using: &random)
        return BatchResource(
            id: ResourceID(id ?? ""), type: "instance",
            projectID: Bool.random(using: &random) ? ProjectID(random.uuid(hyphenated: false)) : nil,
            userID: Bool.random(using: &random) ? UserID(random.uuid(hyphenated: false)) : nil,
            attributes: Bool.random(using: &random) ? attributes : nil, readings: readings)
    }

    private static func value(using random: inout SeededRandom) -> Double {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: Double(Int64.random(in: -1_000...1_000, using: &random))
        case 1: Double(Int64.random(in: .min ... .max, using: &random))
        case 2: Double.random(in: -1e9...1e9, using: &random)
        case 3: 0
        default: Double(UInt64.random(in: 0..<(1 << 53), using: &random))
        }
    }

    /// A batch of one reading.
    static func single(value: Double = 1, id: ResourceID = "r") -> SampleBatch {
        SampleBatch(
            host: "compute1", epoch: 1, sequence: 2, polledAt: Instant(seconds: 1_795_460_000), interval: .seconds(60),
            meters: [BatchMeter(name: "cpu", kind: .cumulative, unit: "ns")],
            resources: [
                BatchResource(
                    id: id, type: "instance", projectID: nil, userID: nil, attributes: nil,
                    readings: [BatchReading(meter: 0, value: value, offset: 0)])
            ])
    }

    var hasNaN: Bool {
        resources.contains { $0.readings.contains { $0.value.isNaN } }
    }
}
