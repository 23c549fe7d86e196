package import Telemetry

/// The rule by which measures of one metric become windows: their width, the methods and the kind of the meter.
///
/// The semantics are those of Gnocchi's carbonara: a window holds the measures from its beginning up to, not including,
/// its end; `std` is that of a sample (n − 1) and absent for fewer than two measures; percentiles are interpolated
/// linearly; a rate is the statistic of the differences between successive measures, each difference belonging to the
/// window of the later measure, the very first measure giving none. Unlike Gnocchi, the difference across any pause
/// counts, however the measures were batched, and the fall of a counter is taken as its restart.
package struct Folding: Hashable, Sendable {
    package let width: WindowWidth
    package let methods: [AggregationMethod]
    package let kind: MeterKind

    private let needsOrder: Bool
    private let rateNeedsOrder: Bool

    /// Makes a rule; methods given twice are taken once.
    package init(width: WindowWidth, methods: some Sequence<AggregationMethod>, kind: MeterKind) {
        self.width = width
        self.methods = Set(methods).sorted()
        self.kind = kind
        needsOrder = self.methods.contains { !$0.isRate && $0.statistic.needsOrder }
        rateNeedsOrder = self.methods.contains { $0.isRate && $0.statistic.needsOrder }
    }

    /// Whether a window's aggregates also depend on the last measure before it, so that a late measure changes the
    /// window of the measure that follows it too.
    package var dependsOnPrecedingMeasure: Bool { methods.contains(where: \.isRate) }

    /// Folds the windows of the measures in `[start, stop)`; a nil bound is open.
    ///
    /// Measures before `start` give only the difference of the first measure after it. Bounds that are not at the edge
    /// of a window cut that window. Costs one pass over the measures, and a sort per window where a percentile is asked
    /// for.
    package func fold(_ measures: Measures, from start: Instant? = nil, to stop: Instant? = nil) -> FoldedWindows {
        let indices = measures.indices(from: start, to: stop)
        let windows = windows(of: measures, in: indices)
        let predecessor = Swift.max(0, indices.lowerBound - 1)
        let differences =
            dependsOnPrecedingMeasure ? measures.differences(in: predecessor..<indices.upperBound, kind: kind) : []
        // The difference that belongs to a measure is found one position before it.
        func steps(of indices: Range<Int>) -> ArraySlice<Double> {
            differences[Swift.max(0, indices.lowerBound - 1 - predecessor)..<(indices.upperBound - 1 - predecessor)]
        }
        var values = methods.map { _ in [Double?]() }
        for index in values.indices { values[index].reserveCapacity(windows.count) }
        for window in windows {
            let plain = WindowSummary(measures.values[window.indices], ordered: needsOrder)
            let rates =
                dependsOnPrecedingMeasure ? WindowSummary(steps(of: window.indices), ordered: rateNeedsOrder) : nil
            for (index, method) in methods.enumerated() {
                values[index].append(
                    method.isRate ? rates?.value(of: method.statistic) : plain.value(of: method.statistic))
            }
        }
        return FoldedWindows(
            starts: windows.map(\.start), columns: zip(methods, values).map { FoldedWindows.Column($0, $1) })
    }

    /// Cuts the measures at these positions into windows.
    private func windows(of measures: Measures, in indices: Range<Int>) -> [(start: Instant, indices: Range<Int>)] {
        var windows: [(start: Instant, indices: Range<Int>)] = []
        var position = indices.lowerBound
        while position < indices.upperBound {
            let bounds = width.window(holding: measures.timestamps[position])
            // The last representable instant belongs to the last window, whose end can't lie beyond it.
            let isLast = bounds.upperBound.nanoseconds == .max
            let window = bounds.lowerBound...(isLast ? bounds.upperBound : bounds.upperBound - .nanoseconds(1))
            let first = position
            repeat {
                position += 1
            } while position < indices.upperBound && window.contains(measures.timestamps[position])
            windows.append((window.lowerBound, first..<position))
        }
        return windows
    }
}
