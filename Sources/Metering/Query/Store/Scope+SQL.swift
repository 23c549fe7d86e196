import JSON
import MetricStore
import Postgres
import Telemetry

extension Scope {
    /// The condition on the owner that a row of this table alias must fulfil, as a part of the statement that reads it.
    func condition(on table: String) -> SQL {
        switch self {
        case .everything: "TRUE"
        case .project(let project): "\(identifier: table).project_id = \(project)"
        }
    }
}

extension ResourceFilter {
    /// Far more than the minutes by which `observed_at` may lag behind the last observation.
    private static let confirmationLag = Duration.seconds(3_600)

    /// The condition on rows of `metric.resource AS resource`.
    var condition: SQL {
        var conditions: [SQL] = []
        if let ids { conditions.append("resource.resource_id = ANY(\(ids))") }
        if let types { conditions.append("resource.resource_type = ANY(\(types))") }
        if let projects { conditions.append("resource.project_id = ANY(\(projects))") }
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            conditions.append("resource.attributes ->> \(name) = \(value)")
        }
        if let existing {
            conditions.append(
                """
                (resource.started_at IS NULL OR resource.started_at < \(existing.upperBound))
                AND (resource.ended_at IS NULL OR resource.ended_at > \(existing.lowerBound))
                """)
        }
        if let observedSince {
            conditions.append("resource.observed_at >= \(observedSince - Self.confirmationLag)")
        }
        return conditions.reduce("TRUE") { "\($0) AND \($1)" }
    }
}

extension ResourceRecord.Facts {
    init(_ row: borrowing Row) throws {
        self.init(
            type: try row["resource_type"], projectID: try row["project_id"], userID: try row["user_id"],
            attributes: try JSONValue(parsing: try row["attributes", as: JSONB.self].text))
    }
}
