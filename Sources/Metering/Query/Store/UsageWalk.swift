package import Postgres
package import Telemetry
package import Usage

/// What a report or a bill is about.
package struct UsageQuestion: Hashable, Sendable {
    package let period: UsagePeriod
    package let project: ProjectID?
    package let resourceType: ResourceType?
    package let resource: ResourceID?

    package init(
        in period: UsagePeriod, project: ProjectID? = nil, resourceType: ResourceType? = nil,
        resource: ResourceID? = nil
    ) {
        self.period = period
        self.project = project
        self.resourceType = resourceType
        self.resource = resource
    }
}

/// The usage of a period, resource by resource: what is in memory at once does not grow with the number of intervals.
package struct UsageWalk: Sendable {
    /// When one asks, which decides what traffic is still kept.
    package let now: Instant

    package init(now: Instant) { self.now = now }

    /// Hands over the intervals and the measured usage of one resource and project at a time, ordered by the bytes of project,
    /// type and resource, those without a project first.
    ///
    /// - Returns: from when on all of the measured usage is known, where that is after the period's beginning.
    package func run(
        _ question: UsageQuestion, scope: Scope, in db: isolated Session,
        _ body: ([UsageInterval], [UsageReport.Measured]) throws -> Void
    ) throws -> Instant? {
        let traffic = try TrafficQueries(now: now).traffic(
            of: question.resource, type: question.resourceType, project: question.project, in: question.period,
            scope: scope, in: db)
        let groups = Dictionary(grouping: traffic.measured) { UsageKey($0) }.sorted { $0.key.precedes($1.key) }
        var rest = groups[...]
        try UsageQueries().forEachResource(
            question.resource, type: question.resourceType, project: question.project, in: question.period,
            scope: scope, in: db
        ) { intervals in
            guard let key = intervals.first.map({ UsageKey($0) }) else { return }
            while let next = rest.first, next.key.precedes(key) {
                try body([], next.value)
                rest.removeFirst()
            }
            if let next = rest.first, next.key == key {
                try body(intervals, next.value)
                rest.removeFirst()
            } else {
                try body(intervals, [])
            }
        }
        for group in rest { try body([], group.value) }
        return traffic.knownFrom
    }
}

/// A resource while it belonged to one project.
private struct UsageKey: Hashable {
    let project: String
    let type: String
    let resource: String

    init(_ interval: UsageInterval) {
        project = interval.attributes.projectID?.text ?? ""
        type = interval.resourceType.text
        resource = interval.resourceID.text
    }

    init(_ usage: UsageReport.Measured) {
        project = usage.projectID?.text ?? ""
        type = usage.resourceType.text
        resource = usage.resourceID.text
    }

    /// By bytes, as the database orders, which Swift's own order of texts is not.
    func precedes(_ other: UsageKey) -> Bool {
        for (left, right) in [(project, other.project), (type, other.type), (resource, other.resource)]
        where left != right {
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return false
    }
}
