package import Aggregation
package import Telemetry

/// What is asked of measures: which time, how finely, by which method.
package struct Windowing: Hashable, Sendable {
    /// From this instant; nil from the oldest that is kept.
    package let start: Instant?
    /// Up to, not including, this instant; nil up to the newest.
    package let stop: Instant?
    /// The width of the windows; nil for the finest that the policies of all metrics asked about keep.
    package let granularity: Duration?
    package let method: AggregationMethod
    /// Whether windows that are not kept may be folded from the measures, as far back as those are kept.
    ///
    /// Without it
    /// such a question is an error, as it is to Gnocchi.
    package let allowsFolding: Bool
    /// Windows into which the answer is folded once more.
    package let resampled: WindowWidth?

    /// Nothing is measured outside of these; inside, all arithmetic on times and widths is safe.
    private static let measurable = Instant(seconds: 0)...Instant(seconds: 7_258_118_400)

    /// Bounds before 1970 or after 2200 are taken as those.
    package init(
        start: Instant? = nil, stop: Instant? = nil, granularity: Duration? = nil, method: AggregationMethod = .mean,
        allowsFolding: Bool = true, resampled: WindowWidth? = nil
    ) {
        self.start = start.map(Self.clamped)
        self.stop = stop.map(Self.clamped)
        self.granularity = granularity
        self.method = method
        self.allowsFolding = allowsFolding
        self.resampled = resampled
    }

    private static func clamped(_ instant: Instant) -> Instant {
        min(max(instant, measurable.lowerBound), measurable.upperBound)
    }

    func check() throws(QueryError) {
        var widths = [granularity]
        if case .fixed(let width)? = resampled { widths.append(width) }
        let limits = ArchiveDefinition.granularityLimits
        for width in widths.compactMap(\.self) where !limits.contains(width) {
            throw .granularityOutOfRange(width, limits: limits)
        }
        guard let start, let stop else { return }
        guard start < stop else { throw .intervalEmpty(start: start, stop: stop) }
    }
}

/// The aggregates of one metric, or of several taken together.
package struct AggregateSeries: Hashable, Sendable {
    /// The width of the windows, before any resampling.
    package let granularity: Duration
    package let aggregates: [Aggregate]
}
