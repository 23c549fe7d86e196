package import Aggregation
package import Postgres
package import Telemetry

/// Sums the rises of counters over long times without keeping their readings: one counter's are in memory at once.
///
/// All of one question's statements need one view of the database: call it in a transaction of isolation level `repeatableRead`.
package struct CounterReader: Sendable {
    /// The time at which one asks, which decides what is still kept.
    package let now: Instant

    /// Counters whose rows come with one statement: about a hundred bytes to two kilobytes per counter and day.
    private static let countersAtOnce = 200

    package init(now: Instant) { self.now = now }

    /// A counter, and the instants between which its rises are summed.
    package struct Counter: Sendable {
        package let series: MeasureReader.Series
        /// Two at least, ascending.
        package let bounds: [Instant]

        package init(_ series: MeasureReader.Series, bounds: [Instant]) {
            self.series = series
            self.bounds = bounds
        }

        fileprivate var span: Range<Instant> {
            (bounds.first ?? Instant(seconds: 0))..<(bounds.last ?? Instant(seconds: 0))
        }
    }

    /// The rises of each counter.
    package func rises(of counters: [Counter], in db: isolated Session) throws -> [MetricID: CounterRises] {
        var rises: [MetricID: CounterRises] = [:]
        let recent = try recentReadings(of: counters, in: db)
        for start in stride(from: 0, to: counters.count, by: Self.countersAtOnce) {
            let part = counters[start..<min(start + Self.countersAtOnce, counters.count)].map {
                Plan($0, CounterSources($0.series.policy, span: $0.span, now: now))
            }
            for plan in part { rises[plan.id] = plan.empty }
            try addWindows(of: part, to: &rises, in: db)
            try addReadings(of: part, recent, to: &rises, in: db)
        }
        return rises
    }

    private struct Plan {
        let counter: Counter
        let sources: CounterSources

        init(_ counter: Counter, _ sources: CounterSources) {
            self.counter = counter
            self.sources = sources
        }

        var id: MetricID { counter.series.id }

        var empty: CounterRises {
            var rises = CounterRises(bounds: counter.bounds)
            rises.knownFrom = sources.knownFrom
            return rises
        }
    }

    // MARK: Windows

    /// Adds what the kept windows tell of the time before the readings.
    private func addWindows(
        of plans: [Plan], to rises: inout [MetricID: CounterRises], in db: isolated Session
    ) throws {
        let byWindows = Dictionary(grouping: plans.filter { $0.sources.windows != nil }) { plan in
            WindowsKey(span: plan.sources.windows, width: plan.sources.windowWidth)
        }
        for (key, plans) in byWindows {
            guard let span = key.span else { continue }
            let windows = try MeasureReader(now: now).windows(
                of: plans.map(\.counter.series), granularity: key.width, methods: [CounterSources.method],
                from: span.lowerBound, to: span.upperBound, in: db)
            for plan in plans {
                let found = windows[plan.id]?.aggregates(CounterSources.method) ?? []
                rises[plan.id]?.add(found, width: key.width, in: span)
            }
        }
    }

    private struct WindowsKey: Hashable {
        let span: Range<Instant>?
        let width: Duration
    }

    // MARK: Readings

    /// Adds what the readings tell: first those of the days asked about and the day before, then the one reading before them
    /// for counters that were silent longer.
    private func addReadings(
        of plans: [Plan], _ recent: [MetricID: [Measures]], to rises: inout [MetricID: CounterRises],
        in db: isolated Session
    ) throws {
        let spans = Dictionary(plans.compactMap { plan in plan.sources.readings.map { (plan.id, $0) } }) { first, _ in
            first
        }
        guard let start = spans.values.map(\.lowerBound).min(), let stop = spans.values.map(\.upperBound).max() else {
            return
        }
        var orphans: [MetricID: Measure] = [:]
        let firstDay = CalendarDay(holding: start).advanced(by: -1)
        func finish(_ id: MetricID, _ stored: [Measures]) {
            guard let span = spans[id] else { return }
            let late = (recent[id] ?? []).map { $0.slice(from: firstDay.start, to: nil) }
            let readings = Measures.merging(stored + late, kind: .cumulative)
            rises[id]?.add(readings, in: span)
            if let first = readings.first, span.contains(first.timestamp) { orphans[id] = first }
        }
        let found = try eachCounter(
            Array(spans.keys), in: firstDay...CalendarDay(holding: stop - .nanoseconds(1)), in: db, finish)
        for id in spans.keys where !found.contains(id) { finish(id, []) }
        try addPredecessors(of: orphans, before: firstDay, recent, spans, to: &rises, in: db)
    }

    /// Adds the rise of each counter's first reading since the one before it, however long ago that was.
    private func addPredecessors(
        of orphans: [MetricID: Measure], before day: CalendarDay, _ recent: [MetricID: [Measures]],
        _ spans: [MetricID: Range<Instant>], to rises: inout [MetricID: CounterRises], in db: isolated Session
    ) throws {
        guard !orphans.isEmpty else { return }
        let neighbours = try ChunkStore().neighbours(of: orphans.keys.map { ($0, day) }, in: db)
        let days = Set(neighbours.values.compactMap(\.earlier)).sorted()
        // Other counters' readings of these days do no harm: only the last one before the first counts.
        let stored = Dictionary(
            grouping: try ChunkStore().measures(of: Array(orphans.keys), on: days, in: db), by: \.metric)
        for (id, first) in orphans {
            let runs = (stored[id] ?? []).map(\.measures) + (recent[id] ?? [])
            let earlier = Measures.merging(runs, kind: .cumulative)
            guard let span = spans[id], let last = earlier.slice(from: nil, to: first.timestamp).last else { continue }
            let pair = Measures(timestamps: [last.timestamp, first.timestamp], values: [last.value, first.value])
            rises[id]?.add(pair, in: span)
        }
    }

    /// Hands over the stored readings of one counter after the other, in the order of their arrival.
    ///
    /// - Returns: the counters that have any.
    private func eachCounter(
        _ ids: [MetricID], in days: ClosedRange<CalendarDay>, in db: isolated Session,
        _ body: (MetricID, [Measures]) -> Void
    ) throws -> Set<MetricID> {
        var seen: Set<MetricID> = []
        var current: MetricID?
        var runs: [Measures] = []
        _ = try db.query(
            """
            SELECT metric_id, segment FROM metric.chunk
             WHERE metric_id = ANY(\(ids)) AND granularity_ns = \(Chunk.measures)
               AND day BETWEEN \(days.lowerBound) AND \(days.upperBound)
             ORDER BY metric_id, generation
            """
        ) { row in
            let id = try row["metric_id", as: MetricID.self]
            if let last = current, last != id {
                body(last, runs)
                runs.removeAll(keepingCapacity: true)
            }
            current = id
            seen.insert(id)
            runs.append(try MeasureSegment(bytes: try row["segment"]).measures())
        }
        if let current { body(current, runs) }
        return seen
    }

    /// The readings that are not compacted yet, each batch read once whatever the number of counters.
    private func recentReadings(of counters: [Counter], in db: isolated Session) throws -> [MetricID: [Measures]] {
        guard let stop = counters.map(\.span.upperBound).max() else { return [:] }
        let wanted = Set(counters.map(\.series.id))
        var readings: [MetricID: [Measures]] = [:]
        _ = try db.query(
            """
            SELECT batch_id, packed FROM metric.batch
             WHERE first_at < \(stop) + interval '1 microsecond' ORDER BY batch_id
            """
        ) { row in
            let id = try row["batch_id", as: Int64.self]
            do {
                for (metric, measures) in try PackedBatch(bytes: try row["packed"]).batch().byMetric()
                where wanted.contains(metric) {
                    readings[metric, default: []].append(measures)
                }
            } catch let error as CodecError {
                throw MeasureStoreError.corruptBatch(id: id, error)
            }
        }
        return readings
    }
}
