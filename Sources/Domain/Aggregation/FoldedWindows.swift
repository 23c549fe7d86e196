package import Telemetry

/// One aggregate: the beginning of its window and the value of one method.
package struct Aggregate: Hashable, Sendable {
    package let timestamp: Instant
    package let value: Double

    package init(_ timestamp: Instant, _ value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

/// The windows of one metric at one granularity, with one column per aggregation method.
///
/// A window is there when at least one measure fell into it. A method may have no value for it: `std` needs two
/// measures, a rate needs a measure before.
package struct FoldedWindows: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package let method: AggregationMethod
        /// One entry per window; nil where the method has no value.
        package let values: [Double?]

        package init(_ method: AggregationMethod, _ values: [Double?]) {
            self.method = method
            self.values = values
        }
    }

    /// The beginnings of the windows, strictly increasing.
    package let starts: [Instant]
    /// In the methods' order, each method once.
    package let columns: [Column]

    /// Takes columns in any order.
    ///
    /// - Precondition: the starts increase, each column has one entry per window and no method occurs twice.
    package init(starts: [Instant], columns: [Column]) {
        precondition(zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 }, "windows come in order of time")
        precondition(columns.allSatisfy { $0.values.count == starts.count }, "a column has an entry per window")
        let sorted = columns.sorted { $0.method < $1.method }
        precondition(zip(sorted, sorted.dropFirst()).allSatisfy { $0.method < $1.method }, "a method occurs once")
        self.starts = starts
        self.columns = sorted
    }

    package var count: Int { starts.count }
    package var isEmpty: Bool { starts.isEmpty }
    package var methods: [AggregationMethod] { columns.map(\.method) }

    /// The aggregates of one method; nil where the windows were folded without it.
    package func aggregates(_ method: AggregationMethod) -> [Aggregate]? {
        guard let column = columns.first(where: { $0.method == method }) else { return nil }
        return zip(starts, column.values).compactMap { start, value in value.map { Aggregate(start, $0) } }
    }

    /// The windows that begin in `[start, stop)`; a nil bound is open.
    package func slice(from start: Instant?, to stop: Instant?) -> FoldedWindows {
        let lower = start.map { starts.partitioningIndex(notBefore: $0) } ?? 0
        let upper = Swift.max(lower, stop.map { starts.partitioningIndex(notBefore: $0) } ?? count)
        guard upper - lower < count else { return self }
        return FoldedWindows(
            starts: Array(starts[lower..<upper]),
            columns: columns.map { Column($0.method, Array($0.values[lower..<upper])) })
    }

    /// Merges generations of one metric's windows: a window of a later generation replaces the same window of the
    /// earlier.
    ///
    /// A method that only some generations were folded with has no value in the windows of the others.
    ///
    /// - Parameter generations: in the order of their making, the oldest first.
    /// - Returns: the windows of all, each once.
    package static func merging(_ generations: [FoldedWindows]) -> FoldedWindows {
        let generations = generations.filter { !$0.isEmpty }
        guard generations.count > 1 else { return generations.first ?? FoldedWindows(starts: [], columns: []) }
        var sources: [Instant: (generation: Int, row: Int)] = [:]
        for (generation, windows) in generations.enumerated() {
            for (row, start) in windows.starts.enumerated() { sources[start] = (generation, row) }
        }
        let rows = sources.sorted { $0.key < $1.key }
        let methods = Set(generations.flatMap(\.methods)).sorted()
        let columns = methods.map { method in
            let values = generations.map { $0.columns.first { $0.method == method }?.values }
            return Column(method, rows.map { values[$0.value.generation]?[$0.value.row] })
        }
        return FoldedWindows(starts: rows.map(\.key), columns: columns)
    }
}
