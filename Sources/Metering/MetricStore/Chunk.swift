import Aggregation
import Postgres
import Telemetry

/// A row of `metric.chunk` to be written: the measures or the windows of one metric and one day.
struct Chunk {
    /// What a chunk holds, as the column `granularity_ns` tells it.
    static let measures: Int64 = 0

    let metric: MetricID
    /// Width of the windows in nanoseconds; 0 for measures.
    let granularity: Int64
    let day: CalendarDay
    let retentionDays: Int
    /// Always true for windows; for measures, whether the stored windows contain them.
    let isFolded: Bool
    /// More than one only where there is more than one segment may hold.
    let segments: [[UInt8]]

    init(_ measures: Measures, of metric: MetricID, day: CalendarDay, retentionDays: Int, isFolded: Bool) {
        self.init(
            metric: metric, granularity: Self.measures, day: day, retentionDays: retentionDays, isFolded: isFolded,
            segments: Self.parts(of: measures.count, limit: MeasureSegment.countLimit).map { part in
                let piece = Measures(
                    timestamps: Array(measures.timestamps[part]), values: Array(measures.values[part]))
                return MeasureSegment(piece).bytes
            })
    }

    init(_ windows: FoldedWindows, of metric: MetricID, granularity: Duration, day: CalendarDay, retentionDays: Int) {
        self.init(
            metric: metric, granularity: granularity.nanoseconds, day: day, retentionDays: retentionDays,
            isFolded: true,
            segments: Self.parts(of: windows.count, limit: WindowSegment.countLimit).map { part in
                let piece = FoldedWindows(
                    starts: Array(windows.starts[part]),
                    columns: windows.columns.map { FoldedWindows.Column($0.method, Array($0.values[part])) })
                return WindowSegment(piece).bytes
            })
    }

    private init(
        metric: MetricID, granularity: Int64, day: CalendarDay, retentionDays: Int, isFolded: Bool, segments: [[UInt8]]
    ) {
        self.metric = metric
        self.granularity = granularity
        self.day = day
        self.retentionDays = retentionDays
        self.isFolded = isFolded
        self.segments = segments
    }

    private static func parts(of count: Int, limit: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: limit).map { $0..<min($0 + limit, count) }
    }
}

/// The measures of a row of `metric.chunk`.
struct StoredMeasures {
    let metric: MetricID
    let day: CalendarDay
    let isFolded: Bool
    let measures: Measures
}

extension Measures {
    /// The measures of each day, in order.
    func byDay() -> [(day: CalendarDay, measures: Measures)] {
        var days: [(day: CalendarDay, measures: Measures)] = []
        var rest = self
        while let first = rest.first {
            let day = CalendarDay(holding: first.timestamp)
            days.append((day, rest.slice(from: nil, to: day.next.start)))
            rest = rest.slice(from: day.next.start, to: nil)
        }
        return days
    }
}
