package import Telemetry

/// The dense number that the store gives a metric when it is first seen.
package struct MetricID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package var description: String { "\(number)" }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The measures of many metrics as three columns, ordered by metric and then by time; measures of one metric and
/// instant keep the order of their arrival.
package struct MeasureBatch: Hashable, Sendable {
    package let metrics: [MetricID]
    package let timestamps: [Instant]
    package let values: [Double]

    /// Puts the measures of an ingest batch into order.
    package init(sorting measures: [(metric: MetricID, measure: Measure)]) {
        // An index sort moves eight bytes instead of 24, and the sort is stable.
        let order = measures.indices.sorted {
            let (left, right) = (measures[$0], measures[$1])
            return (left.metric, left.measure.timestamp) < (right.metric, right.measure.timestamp)
        }
        metrics = order.map { measures[$0].metric }
        timestamps = order.map { measures[$0].measure.timestamp }
        values = order.map { measures[$0].measure.value }
    }

    /// Takes columns that are in order.
    init(metrics: [MetricID], timestamps: [Instant], values: [Double]) {
        self.metrics = metrics
        self.timestamps = timestamps
        self.values = values
    }

    package var count: Int { metrics.count }
    package var isEmpty: Bool { metrics.isEmpty }

    /// The measures of each metric, in the order of the metrics.
    package func byMetric() -> [(metric: MetricID, measures: Measures)] {
        var groups: [(metric: MetricID, measures: Measures)] = []
        var start = 0
        while start < count {
            let metric = metrics[start]
            let end = metrics[start...].firstIndex { $0 != metric } ?? count
            groups.append(
                (metric, Measures(timestamps: Array(timestamps[start..<end]), values: Array(values[start..<end]))))
            start = end
        }
        return groups
    }
}
