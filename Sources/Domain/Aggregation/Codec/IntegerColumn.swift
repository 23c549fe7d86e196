/// A column of whole numbers, stored as what a simple prediction leaves over.
///
/// Layout: one byte names the prediction, its seeds follow as varints, then the residuals in blocks of 64
/// (`PackedBlock`). All arithmetic wraps, so every column can be written and read back. The number of values is known
/// to the reader.
enum IntegerColumn {
    /// How a value is predicted from those before it; the numbers are on disk.
    enum Prediction: UInt8, CaseIterable {
        /// The least value, for numbers in no order.
        case least = 0
        /// The value before.
        case previous = 1
        /// The value before plus the least step, for counters that rise steadily.
        case leastStep = 2
        /// The value before plus the step before: delta of delta, for times of a steady poll.
        case sameStep = 3
    }

    /// Appends the values with the prediction that leaves the fewest bytes.
    static func write(_ values: [Int64], to writer: inout ByteWriter) {
        guard !values.isEmpty else { return }
        var best: (prediction: Prediction, seeds: [Int64], residuals: [UInt64], size: Int)?
        for prediction in Prediction.allCases {
            let (seeds, residuals) = residuals(of: values, by: prediction)
            let size = size(residuals) + seeds.reduce(0) { $0 + $1.zigzag.varintSize }
            if size < best?.size ?? .max { best = (prediction, seeds, residuals, size) }
            // A perfect prediction can't be beaten by more than a seed.
            if residuals.allSatisfy({ $0 == 0 }) { break }
        }
        guard let best else { return }
        writer.byte(best.prediction.rawValue)
        for seed in best.seeds { writer.signed(seed) }
        for block in blocks(best.residuals.count) { PackedBlock.write(best.residuals[block], to: &writer) }
    }

    /// Reads `count` values.
    static func read(_ count: Int, from reader: inout ByteReader) throws(CodecError) -> [Int64] {
        guard count > 0 else { return [] }
        guard let prediction = Prediction(rawValue: try reader.byte()) else { throw .malformed(.column) }
        var seeds: [Int64] = []
        for _ in 0..<prediction.seedCount(of: count) { seeds.append(try reader.signed()) }
        let residualCount = count - prediction.predictedFrom(count)
        // A block of zeros takes one byte, so fewer bytes than blocks can't be whole.
        guard (residualCount + PackedBlock.sizeLimit - 1) / PackedBlock.sizeLimit <= reader.remaining else {
            throw .truncated
        }
        var residuals: [UInt64] = []
        residuals.reserveCapacity(residualCount)
        for block in blocks(residualCount) { try PackedBlock.read(block.count, from: &reader, into: &residuals) }
        return values(of: residuals, seeds: seeds, by: prediction)
    }

    private static func residuals(of values: [Int64], by prediction: Prediction) -> (
        seeds: [Int64], residuals: [UInt64]
    ) {
        switch prediction {
        case .least:
            let least = values.min() ?? 0
            return ([least], values.map { UInt64(bitPattern: $0 &- least) })
        case .previous:
            return ([values[0]], steps(of: values).map(\.zigzag))
        case .leastStep:
            let steps = steps(of: values)
            guard let least = steps.min() else { return ([values[0]], []) }
            return ([values[0], least], steps.map { UInt64(bitPattern: $0 &- least) })
        case .sameStep:
            let steps = steps(of: values)
            guard let first = steps.first else { return ([values[0]], []) }
            return ([values[0], first], self.steps(of: steps).map(\.zigzag))
        }
    }

    private static func values(of residuals: [UInt64], seeds: [Int64], by prediction: Prediction) -> [Int64] {
        var value = seeds[0]
        switch prediction {
        case .least:
            return residuals.map { value &+ Int64(bitPattern: $0) }
        case .previous:
            return [value]
                + residuals.map { residual in
                    value &+= Int64(zigzag: residual); return value
                }
        case .leastStep:
            guard seeds.count > 1 else { return [value] }
            return [value]
                + residuals.map { residual in
                    value &+= seeds[1] &+ Int64(bitPattern: residual); return value
                }
        case .sameStep:
            guard seeds.count > 1 else { return [value] }
            var step = seeds[1]
            let second = value &+ step
            value = second
            return [seeds[0], second]
                + residuals.map { residual in
                    step &+= Int64(zigzag: residual)
                    value &+= step
                    return value
                }
        }
    }

    private static func steps(of values: [Int64]) -> [Int64] {
        zip(values.dropFirst(), values).map { $0 &- $1 }
    }

    private static func size(_ residuals: [UInt64]) -> Int {
        blocks(residuals.count).reduce(0) { $0 + PackedBlock.size(residuals[$1]) }
    }

    private static func blocks(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: PackedBlock.sizeLimit).map { $0..<min($0 + PackedBlock.sizeLimit, count) }
    }
}

extension IntegerColumn.Prediction {
    /// How many of `count` values the seeds hold.
    func predictedFrom(_ count: Int) -> Int {
        switch self {
        case .least: 0
        case .previous, .leastStep: 1
        case .sameStep: min(2, count)
        }
    }

    func seedCount(of count: Int) -> Int {
        switch self {
        case .least, .previous: 1
        case .leastStep, .sameStep: min(2, count)
        }
    }
}
