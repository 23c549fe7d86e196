package import Postgres
package import Telemetry
package import Usage

/// What reports, bills and explanations ask of the usage tables.
extension UsageStore {
    /// Which intervals to read; nil means any.
    package struct Filter: Hashable, Sendable {
        package var projectID: ProjectID?
        package var resourceType: ResourceType?
        package var resourceID: ResourceID?

        package init(projectID: ProjectID? = nil, resourceType: ResourceType? = nil, resourceID: ResourceID? = nil) {
            self.projectID = projectID
            self.resourceType = resourceType
            self.resourceID = resourceID
        }

        var predicates: SQL {
            var predicates: SQL = ""
            if let projectID { predicates = "\(predicates) AND project_id = \(projectID)" }
            if let resourceType { predicates = "\(predicates) AND resource_type = \(resourceType)" }
            if let resourceID { predicates = "\(predicates) AND resource_id = \(resourceID)" }
            return predicates
        }
    }

    /// A period of a large cloud has some 10⁵ intervals; what asks for more is better asked project by project.
    package static let intervalLimit = 1_000_000

    /// The intervals that touch a period, ordered by project, resource and time.
    ///
    /// - Throws: `UsageStoreError.tooMany` instead of a part of the answer, which would be a wrong bill.
    package func intervals(
        _ filter: Filter = Filter(), in period: UsagePeriod, limit: Int = intervalLimit, in session: isolated Session
    ) throws -> [UsageInterval] {
        let intervals = try session.query(
            """
            SELECT \(Self.intervalColumns) FROM usage.interval
            WHERE coalesce(to_at, 'infinity') > \(period.from) AND from_at < \(period.to)
                \(filter.predicates)
            ORDER BY project_id, resource_type, resource_id, from_at
            LIMIT \(limit + 1)
            """
        ) { row in try UsageInterval(row) }
        guard intervals.count <= limit else { throw UsageStoreError.tooMany(limit: limit) }
        return intervals
    }

    /// Why the resources of an id are billed as they are; empty for an id of which nothing is known.
    ///
    /// One explanation for each type of resource under that id.
    package func explanations(
        of resource: ResourceID, in session: isolated Session
    ) throws -> [(resourceType: ResourceType, explanation: UsageExplanation)] {
        let facts = try session.query(
            "SELECT \(Self.factColumns) FROM usage.fact WHERE resource_id = \(resource)"
        ) { row in try UsageFact(row) }
        let bySubject = Dictionary(grouping: facts, by: UsageSubject.init)
        let intervals = try self.intervals(of: Array(bySubject.keys), in: session)
        return bySubject.keys.sorted { $0.type < $1.type }.map { subject in
            let sorted = (intervals[subject] ?? []).sorted { $0.from < $1.from }
            return (subject.type, UsageExplanation(intervals: sorted, facts: bySubject[subject] ?? []))
        }
    }
}

/// Why the usage tables gave no answer.
package enum UsageStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// More intervals than one answer may have.
    case tooMany(limit: Int)
    /// A text in the table that this program does not know.
    case unreadable(column: String, value: String)

    package var description: String {
        switch self {
        case .tooMany(let limit): "the period has more than \(limit) usage intervals"
        case .unreadable(let column, let value): "column \(column) has the unknown value \(value)"
        }
    }
}

extension ResourceState: SQLBindable, SQLArrayElement, SQLDecodable, SQLDecodableElement {}
