import Aggregation
import Postgres
import Telemetry

/// The second step of compaction: the segments of a metric and day become one, and the windows that they touch are made anew.
struct DayFolding {
    let settings: CompactorSettings
    let now: Instant

    /// Folds metrics and returns how many of their days these were; none where somebody else has done it meanwhile.
    func run(_ metrics: [MetricID], in db: isolated Session) throws -> Int {
        let unfolded = try unfoldedDays(of: metrics, in: db)
        guard !unfolded.isEmpty else { return 0 }
        let catalogue = try MetricCatalogue(Array(unfolded.keys), in: db)
        let jobs = try jobs(unfolded, catalogue, in: db)
        let measures = try load(jobs, in: db)
        var deletions: [(metric: MetricID, granularity: Int64, day: CalendarDay)] = []
        var chunks: [Chunk] = []
        for job in jobs {
            for chunk in job.chunks(measures[job.metric.id] ?? [:]) {
                deletions.append((chunk.metric, chunk.granularity, chunk.day))
                // What has expired is taken away and not written again, or its partition would come back.
                if !isExpired(chunk) { chunks.append(chunk) }
            }
        }
        try ChunkStore().delete(deletions, in: db)
        try ChunkStore().insert(chunks, in: db)
        return jobs.reduce(0) { $0 + $1.unfolded.count }
    }

    private func isExpired(_ chunk: Chunk) -> Bool {
        ChunkPartitions.Name(retentionDays: chunk.retentionDays, day: chunk.day).expiry < CalendarDay(holding: now)
    }

    // MARK: What is to be done

    /// Metrics with a day of many segments, or with segments on a day that is over.
    func dueMetrics(in db: isolated Session) throws -> [MetricID] {
        let over = CalendarDay(holding: now - settings.dayGrace)
        return try db.query(
            """
            SELECT DISTINCT metric_id
              FROM (SELECT metric_id FROM metric.chunk WHERE NOT is_folded
                     GROUP BY metric_id, day HAVING count(*) >= \(settings.segmentLimit) OR day < \(over)) AS due
             ORDER BY metric_id
            """
        ) { try $0["metric_id"] }
    }

    private func unfoldedDays(of metrics: [MetricID], in db: isolated Session) throws -> [MetricID: Set<CalendarDay>] {
        let rows = try db.query(
            "SELECT DISTINCT metric_id, day FROM metric.chunk WHERE NOT is_folded AND metric_id = ANY(\(metrics))"
        ) { row in (try row["metric_id", as: MetricID.self], try row["day", as: CalendarDay.self]) }
        return Dictionary(grouping: rows, by: \.0).mapValues { Set($0.map(\.1)) }
    }

    private func jobs(
        _ unfolded: [MetricID: Set<CalendarDay>], _ catalogue: MetricCatalogue, in db: isolated Session
    ) throws -> [FoldJob] {
        var jobs = try unfolded.sorted { $0.key < $1.key }.map { id, days in
            let (metric, policy) = try catalogue[id]
            return FoldJob(metric: metric, policy: policy, unfolded: days)
        }
        // A rate belongs to the later of two measures: the first one after a changed day has another predecessor now.
        let successors = try ChunkStore().neighbours(of: jobs.flatMap(\.daysWithSuccessor), in: db)
        for index in jobs.indices { jobs[index].addSuccessors(successors) }
        let predecessors = try ChunkStore().neighbours(of: jobs.flatMap(\.daysWithPredecessor), in: db)
        for index in jobs.indices { jobs[index].addPredecessors(predecessors) }
        return jobs
    }

    /// The measures that the jobs need: per metric and day, merged.
    private func load(
        _ jobs: [FoldJob], in db: isolated Session
    ) throws -> [MetricID: [CalendarDay: Measures]] {
        let needed = jobs.flatMap { job in job.measureDays.map { MetricDay(metric: job.metric.id, day: $0) } }
        let rows = try ChunkStore().measures(on: needed, in: db)
        let kinds = Dictionary(uniqueKeysWithValues: jobs.map { ($0.metric.id, $0.metric.kind) })
        return Dictionary(grouping: rows, by: \.metric).reduce(into: [:]) { result, entry in
            guard let kind = kinds[entry.key] else { return }
            let byDay = Dictionary(grouping: entry.value, by: \.day)
            result[entry.key] = byDay.mapValues { Measures.merging($0.map(\.measures), kind: kind) }
        }
    }
}

/// The folding of one metric.
struct FoldJob {
    let metric: Metric
    let policy: ArchivePolicy
    /// Days with segments that the windows don't contain.
    let unfolded: Set<CalendarDay>
    private var changed: Set<CalendarDay>
    private var plan: FoldPlan
    private var predecessorDays: [CalendarDay: CalendarDay] = [:]

    init(metric: Metric, policy: ArchivePolicy, unfolded: Set<CalendarDay>) {
        self.metric = metric
        self.policy = policy
        self.unfolded = unfolded
        changed = unfolded
        plan = FoldPlan(policy: policy, changed: unfolded)
    }

    private var hasRates: Bool { policy.methods.contains(where: \.isRate) }

    var daysWithSuccessor: [(metric: MetricID, day: CalendarDay)] {
        hasRates ? changed.map { (metric.id, $0) } : []
    }

    mutating func addSuccessors(_ neighbours: [MetricDay: (earlier: CalendarDay?, later: CalendarDay?)]) {
        guard hasRates else { return }
        for day in unfolded {
            if let later = neighbours[MetricDay(metric: metric.id, day: day)]?.later { changed.insert(later) }
        }
        plan = FoldPlan(policy: policy, changed: changed)
    }

    /// The days with which the rows' spans begin: before their first measure lies another one.
    var daysWithPredecessor: [(metric: MetricID, day: CalendarDay)] {
        hasRates ? Set(plan.rows.map { CalendarDay(holding: $0.span.lowerBound) }).map { (metric.id, $0) } : []
    }

    mutating func addPredecessors(_ neighbours: [MetricDay: (earlier: CalendarDay?, later: CalendarDay?)]) {
        for (_, day) in daysWithPredecessor {
            predecessorDays[day] = neighbours[MetricDay(metric: metric.id, day: day)]?.earlier
        }
    }

    var measureDays: Set<CalendarDay> { plan.measureDays.union(unfolded).union(predecessorDays.values) }

    /// The rows that replace the stored ones of the same day and granularity.
    func chunks(_ measures: [CalendarDay: Measures]) -> [Chunk] {
        let merged = unfolded.sorted().compactMap { day in
            measures[day].map {
                Chunk($0, of: metric.id, day: day, retentionDays: policy.rawRetentionDays, isFolded: true)
            }
        }
        let windows = plan.rows.compactMap { row -> Chunk? in
            let folding = Folding(width: .fixed(row.definition.granularity), methods: policy.methods, kind: metric.kind)
            let folded = folding.fold(
                span(row, measures), from: row.span.lowerBound, to: row.span.upperBound)
            guard !folded.isEmpty else { return nil }
            return Chunk(
                folded, of: metric.id, granularity: row.definition.granularity, day: row.day,
                retentionDays: policy.retentionDays(of: row.definition))
        }
        return merged + windows
    }

    /// The measures of a row's span and the one before it.
    private func span(_ row: FoldPlan.Row, _ measures: [CalendarDay: Measures]) -> Measures {
        let first = CalendarDay(holding: row.span.lowerBound)
        let last = CalendarDay(holding: row.span.upperBound - .nanoseconds(1))
        var joined = Measures()
        if let earlier = predecessorDays[first], let predecessor = measures[earlier]?.last {
            joined.append(predecessor.timestamp, predecessor.value)
        }
        for (day, measures) in measures.sorted(by: { $0.key < $1.key }) where (first...last).contains(day) {
            for measure in measures { joined.append(measure.timestamp, measure.value) }
        }
        return joined
    }
}
