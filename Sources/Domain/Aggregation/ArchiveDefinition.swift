import Telemetry

/// One granularity of an archive policy and how long its aggregates are kept.
package struct ArchiveDefinition: Hashable, Sendable {
    /// The width of a window, in whole nanoseconds.
    package let granularity: Duration
    /// How many windows are kept.
    package let points: Int

    /// How long a window is kept: granularity × points.
    package var timespan: Duration { granularity * points }

    /// From a millisecond, below which no source here measures, to the 366 days of a year.
    package static let granularityLimits: ClosedRange<Duration> = .milliseconds(1)...(.seconds(366 * 86_400))
    /// From one to what 100 years of seconds need.
    package static let pointsLimits = 1...3_200_000_000
    /// A hundred years: beyond, sums of times come near what an instant can hold.
    package static let timespanLimit: Duration = .seconds(36_525 * 86_400)

    /// Makes a definition from any two of its three figures; all three must agree.
    ///
    /// A timespan that is not a multiple of the granularity is cut to one, as in Gnocchi.
    ///
    /// - Throws: `ArchivePolicyError` naming the field and its limit.
    package init(
        granularity: Duration? = nil, points: Int? = nil, timespan: Duration? = nil
    ) throws(ArchivePolicyError) {
        try Self.check(granularity: granularity, points: points, timespan: timespan)
        let granularity = granularity.map { Duration.nanoseconds($0.nanoseconds) }
        switch (granularity, points, timespan) {
        case (let granularity?, let points?, let timespan):
            if let timespan, timespan != granularity * points {
                throw .definitionContradictory(granularity: granularity, points: points, timespan: timespan)
            }
            self.granularity = granularity
            self.points = points
        case (let granularity?, nil, let timespan?):
            self.granularity = granularity
            self.points = Int(timespan / granularity)
            guard self.points > 0 else {
                throw .timespanShorterThanGranularity(timespan: timespan, granularity: granularity)
            }
        case (nil, let points?, let timespan?):
            self.granularity = .nanoseconds(timespan.nanoseconds / Int64(points))
            self.points = points
        default:
            throw .definitionIncomplete
        }
        try Self.check(granularity: self.granularity, points: self.points, timespan: self.timespan)
    }

    private static func check(granularity: Duration?, points: Int?, timespan: Duration?) throws(ArchivePolicyError) {
        if let granularity, !granularityLimits.contains(granularity) {
            throw .granularityOutOfRange(granularity, limits: granularityLimits)
        }
        if let points, !pointsLimits.contains(points) { throw .pointsOutOfRange(points, limits: pointsLimits) }
        if let timespan, timespan <= .zero || timespan > timespanLimit {
            throw .timespanOutOfRange(timespan, limit: timespanLimit)
        }
    }
}
