package import Telemetry

extension Measures {
    /// The differences between successive measures, each at the time of the later one; one fewer than there are
    /// measures.
    ///
    /// A cumulative meter only rises until its source restarts at zero, so a fall means that everything counted since
    /// the restart is the new value: never negative. Gauges and deltas have plain differences, as Gnocchi computes them
    /// for all.
    package func differences(kind: MeterKind) -> Measures {
        guard count > 1 else { return Measures() }
        return Measures(timestamps: Array(timestamps.dropFirst()), values: differences(in: 0..<count, kind: kind))
    }

    /// The differences between the measures at these positions, one fewer than there are positions.
    func differences(in indices: Range<Int>, kind: MeterKind) -> [Double] {
        let steps = zip(values[indices].dropFirst(), values[indices])
        return switch kind {
        case .cumulative: steps.map { later, earlier in later >= earlier ? later - earlier : Swift.max(0, later) }
        case .gauge, .delta: steps.map { later, earlier in later - earlier }
        }
    }
}
