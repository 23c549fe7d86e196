import Aggregation
package import Telemetry

/// Why a measure was not taken.
package enum MeasureRejection: String, Hashable, Sendable, CaseIterable {
    /// Older than the metric's measures are kept.
    case tooOld = "too_old"
    /// Further in the future than any clock that works.
    case tooNew = "too_new"
    /// Not a number, or infinite.
    case notFinite = "not_finite"
}

/// The measures of one ingest transaction: takes those that can be stored and counts the others.
package struct MeasureIntake: Sendable {
    /// How far ahead of the store's time a measure may lie.
    ///
    /// Clocks are off by minutes, and by up to 14 hours where somebody took local time for UTC; what is further away is
    /// wrong and would only make partitions.
    package static let futureLimit = Duration.seconds(86_400)

    /// The time at which the measures are taken in.
    package let now: Instant
    package private(set) var rejected: [MeasureRejection: Int] = [:]
    private(set) var accepted: [(metric: MetricID, measure: Measure)] = []
    private let latest: Instant

    package init(now: Instant) {
        self.now = now
        latest = now + Self.futureLimit
    }

    /// The number of measures that were taken.
    package var count: Int { accepted.count }

    package mutating func reserveCapacity(_ capacity: Int) { accepted.reserveCapacity(capacity) }

    /// Takes a measure, or counts why not.
    ///
    /// - Returns: nil where it was taken.
    @discardableResult
    package mutating func add(_ metric: InternedMetric, at timestamp: Instant, _ value: Double) -> MeasureRejection? {
        guard value.isFinite else { return reject(.notFinite) }
        guard timestamp <= latest else { return reject(.tooNew) }
        guard
            now.nanoseconds.subtractingReportingOverflow(timestamp.nanoseconds).partialValue
                <= metric.rawTimespan.nanoseconds,
            timestamp.nanoseconds > Self.earliest.nanoseconds
        else { return reject(.tooOld) }
        accepted.append((metric.id, Measure(timestamp, value)))
        return nil
    }

    private mutating func reject(_ reason: MeasureRejection) -> MeasureRejection {
        rejected[reason, default: 0] += 1
        return reason
    }

    /// Nothing was metered before 1970; and distances between later instants fit 64 bits.
    private static let earliest = Instant(nanoseconds: -1)
}
