package import Telemetry

/// One reading of a metric: when and what.
package struct Measure: Hashable, Sendable {
    package let timestamp: Instant
    package let value: Double

    package init(_ timestamp: Instant, _ value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

/// The measures of one metric as two columns, ordered by time; measures of the same instant keep the order of their
/// arrival.
package struct Measures: Hashable, Sendable {
    /// Never decreasing.
    package private(set) var timestamps: [Instant]
    /// As many as there are timestamps.
    package private(set) var values: [Double]

    package init() {
        timestamps = []
        values = []
    }

    /// Takes columns that are already in order of time.
    ///
    /// - Precondition: as many values as timestamps, and no timestamp earlier than the one before it.
    package init(timestamps: [Instant], values: [Double]) {
        precondition(timestamps.count == values.count, "a measure is a timestamp and a value")
        precondition(Self.isOrdered(timestamps), "measures come in order of time")
        self.timestamps = timestamps
        self.values = values
    }

    /// Puts measures that arrived in any order into order of time; the sort is stable.
    package init(sorting measures: some Sequence<Measure>) {
        let sorted = measures.sorted { $0.timestamp < $1.timestamp }
        timestamps = sorted.map(\.timestamp)
        values = sorted.map(\.value)
    }

    package var count: Int { timestamps.count }
    package var isEmpty: Bool { timestamps.isEmpty }
    package var first: Measure? { isEmpty ? nil : self[0] }
    package var last: Measure? { isEmpty ? nil : self[count - 1] }

    package subscript(index: Int) -> Measure {
        Measure(timestamps[index], values[index])
    }

    /// The measures in `[start, stop)`; a nil bound is open.
    package func slice(from start: Instant?, to stop: Instant?) -> Measures {
        let range = indices(from: start, to: stop)
        guard range.count < count else { return self }
        return Measures(timestamps: Array(timestamps[range]), values: Array(values[range]))
    }

    /// Appends a measure that is not earlier than the last one.
    ///
    /// - Precondition: the order of time is kept.
    package mutating func append(_ timestamp: Instant, _ value: Double) {
        precondition(timestamps.last.map { $0 <= timestamp } ?? true, "measures come in order of time")
        timestamps.append(timestamp)
        values.append(value)
    }

    package mutating func reserveCapacity(_ capacity: Int) {
        timestamps.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    /// The positions of the measures in `[start, stop)`.
    func indices(from start: Instant?, to stop: Instant?) -> Range<Int> {
        let lower = start.map { timestamps.partitioningIndex(notBefore: $0) } ?? 0
        let upper = stop.map { timestamps.partitioningIndex(notBefore: $0) } ?? count
        return lower..<Swift.max(lower, upper)
    }

    private static func isOrdered(_ timestamps: [Instant]) -> Bool {
        zip(timestamps, timestamps.dropFirst()).allSatisfy { $0 <= $1 }
    }
}

extension Measures: Sequence {
    package func makeIterator() -> some IteratorProtocol<Measure> {
        zip(timestamps, values).lazy.map { Measure($0, $1) }.makeIterator()
    }
}

extension [Instant] {
    /// The position of the first instant that is not before `instant`, in an ordered array; its count where all are.
    func partitioningIndex(notBefore instant: Instant) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
