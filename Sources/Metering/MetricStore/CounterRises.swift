import Aggregation
package import Telemetry

/// How far one counter rose in each of the parts that some instants cut time into.
///
/// A rise lies between two readings and counts at the later one; a fall is a restart, after which everything counted since is a
/// rise. So parts that touch share no rise and lose none: the parts of a period add up to the period.
package struct CounterRises: Hashable, Sendable {
    /// What was counted in one part.
    package struct Rise: Hashable, Sendable {
        /// In the meter's unit; exact for whole numbers below 2^53.
        package fileprivate(set) var amount: Double
        /// From the reading before the first rise, or the part's beginning where that is later, to the last reading.
        package fileprivate(set) var span: Range<Instant>
    }

    /// One per part, between each two neighbouring bounds; nil where the counter did not rise.
    package private(set) var parts: [Rise?]
    /// From when on rises are known, where that is after the first bound.
    package internal(set) var knownFrom: Instant?
    private let bounds: [Instant]

    init(bounds: [Instant]) {
        precondition(bounds.count > 1, "a part lies between two bounds")
        self.bounds = bounds
        parts = Array(repeating: nil, count: bounds.count - 1)
    }

    /// Adds a rise that counts at `instant` and began to come about at `start`.
    mutating func add(_ amount: Double, from start: Instant, countedAt instant: Instant, to end: Instant) {
        // Parts are few: the period, or one per owner in it.
        guard amount > 0, let next = bounds.firstIndex(where: { instant < $0 }), next > 0 else { return }
        let span = min(max(start, bounds[next - 1]), end)..<end
        guard let known = parts[next - 1] else {
            parts[next - 1] = Rise(amount: amount, span: span)
            return
        }
        let whole = min(known.span.lowerBound, span.lowerBound)..<max(known.span.upperBound, span.upperBound)
        parts[next - 1] = Rise(amount: known.amount + amount, span: whole)
    }

    /// Adds the rises between successive readings that count in `span`.
    mutating func add(_ readings: Measures, in span: Range<Instant>) {
        let rises = readings.differences(kind: .cumulative)
        for (index, rise) in rises.enumerated() where span.contains(rise.timestamp) {
            add(rise.value, from: readings.timestamps[index], countedAt: rise.timestamp, to: rise.timestamp)
        }
    }

    /// Adds windows of rises, each of which counts where it begins.
    mutating func add(_ windows: [Aggregate], width: Duration, in span: Range<Instant>) {
        for window in windows where span.contains(window.timestamp) {
            add(
                window.value, from: window.timestamp, countedAt: window.timestamp, to: window.timestamp + width)
        }
    }
}

/// Where the rises of a counter are read from: windows for what is long ago, the readings themselves for the rest.
struct CounterSources: Hashable {
    /// Windows that begin before `readingsFrom`, and their width.
    let windows: Range<Instant>?
    let windowWidth: Duration
    /// The rises that count in this span.
    let readings: Range<Instant>?
    /// From when on rises are known, where that is after the beginning of the span asked for.
    let knownFrom: Instant?

    /// The first reading that counts needs one before it, so that readings are believed only from a day after the oldest that is
    /// kept; where there are windows, they serve until then.
    private static let predecessorSpan = Duration.seconds(86_400)
    static let method = AggregationMethod(.sum, isRate: true)

    init(_ policy: ArchivePolicy, span: Range<Instant>, now: Instant) {
        let oldestReading = now - policy.rawTimespan
        let archive =
            policy.methods.contains(Self.method) ? policy.definitions.max { $0.timespan < $1.timespan } : nil
        guard let archive, archive.timespan > policy.rawTimespan else {
            windows = nil
            windowWidth = .zero
            readings = Self.part(max(span.lowerBound, oldestReading), span.upperBound)
            knownFrom = oldestReading > span.lowerBound ? min(oldestReading, span.upperBound) : nil
            return
        }
        let width = archive.granularity
        let margin = min(Self.predecessorSpan, .nanoseconds(policy.rawTimespan.nanoseconds / 2))
        let change = (oldestReading + margin).ceiling(to: width)
        let oldestWindow = (now - archive.timespan).ceiling(to: width)
        // A window can't be cut: one that a bound lies within counts where it begins.
        windows = Self.part(
            max(span.lowerBound.ceiling(to: width), oldestWindow), min(span.upperBound.ceiling(to: width), change))
        windowWidth = width
        readings = Self.part(max(span.lowerBound, change), span.upperBound)
        knownFrom = oldestWindow > span.lowerBound ? min(oldestWindow, span.upperBound) : nil
    }

    private static func part(_ start: Instant, _ end: Instant) -> Range<Instant>? { start < end ? start..<end : nil }
}

extension Instant {
    /// The first multiple of a width that is not before the instant.
    fileprivate func ceiling(to width: Duration) -> Instant {
        let start = floor(to: width)
        return start == self ? self : start + width
    }
}
