package import Postgres
package import Usage

extension UsageStore {
    /// Rows that are in memory at once: some ten megabytes.
    private static let rowsAtOnce = 10_000

    /// Hands over the intervals that touch a period, those of one resource and project at a time and in order of time, however
    /// many there are in all.
    ///
    /// Ordered by the bytes of project, type and resource, those without a project first. To be called in a transaction, and
    /// `body` uses no session.
    package func forEachResource(
        _ filter: Filter, in period: UsagePeriod, in session: isolated Session, _ body: ([UsageInterval]) throws -> Void
    ) throws {
        try session.execute(
            """
            DECLARE usage_walk NO SCROLL CURSOR FOR
            SELECT \(Self.intervalColumns) FROM usage.interval
            WHERE coalesce(to_at, 'infinity') > \(period.from) AND from_at < \(period.to)
                \(filter.predicates)
            ORDER BY project_id COLLATE "C" NULLS FIRST, resource_type COLLATE "C", resource_id COLLATE "C", from_at
            """)
        var group: [UsageInterval] = []
        while true {
            let page = try session.query("FETCH \(unsafeSQL: "\(Self.rowsAtOnce)") FROM usage_walk") { row in
                try UsageInterval(row)
            }
            for interval in page {
                if let first = group.first, !first.isOfSameResourceAndProject(as: interval) {
                    try body(group)
                    group.removeAll(keepingCapacity: true)
                }
                group.append(interval)
            }
            guard page.count == Self.rowsAtOnce else { break }
        }
        if !group.isEmpty { try body(group) }
        try session.execute("CLOSE usage_walk")
    }
}

extension UsageInterval {
    fileprivate func isOfSameResourceAndProject(as other: UsageInterval) -> Bool {
        resourceID == other.resourceID && resourceType == other.resourceType
            && attributes.projectID == other.attributes.projectID
    }
}
