import MetricStore
package import Postgres
package import Telemetry

/// Questions about resources.
package struct ResourceQueries: Sendable {
    package init() {}

    /// The resources that a filter means, in the order of their ids, a page at a time.
    package func list(
        _ filter: ResourceFilter = ResourceFilter(), page: Page = Page(), scope: Scope, in db: isolated Session
    ) throws -> ResourcePage {
        try filter.check()
        try QueryLimits.check(.pageSize, page.size, limit: QueryLimits.pageSize)
        let found = try db.query(Self.statement(filter, page, scope), ResourceRecord.init)
        let resources = Array(found.prefix(page.size))
        return ResourcePage(resources: resources, next: found.count > page.size ? resources.last?.id : nil)
    }

    static func statement(_ filter: ResourceFilter, _ page: Page, _ scope: Scope) -> SQL {
        let after: SQL = page.after.map { "resource.resource_id > \($0)" } ?? "TRUE"
        // One more than asked for tells whether there is a next page.
        return """
            SELECT resource_id, resource_type, project_id, user_id, attributes, revision_start_at, observed_at,
                   started_at, ended_at
              FROM metric.resource AS resource
             WHERE \(scope.condition(on: "resource")) AND \(filter.condition) AND \(after)
             ORDER BY resource_id
             LIMIT \(page.size + 1)
            """
    }

    /// One resource.
    ///
    /// - Throws: `QueryError.resourceUnknown` where there is none that the scope may see.
    package func resource(_ id: ResourceID, scope: Scope, in db: isolated Session) throws -> ResourceRecord {
        let page = try list(ResourceFilter(ids: [id]), page: Page(size: 1), scope: scope, in: db)
        guard let resource = page.resources.first else { throw QueryError.resourceUnknown(id) }
        return resource
    }

    /// The revisions of a resource in order of time, the present one last.
    ///
    /// A project sees those of its own time.
    ///
    /// - Throws: `QueryError.resourceUnknown` where there is none that the scope may see.
    package func history(of id: ResourceID, scope: Scope, in db: isolated Session) throws -> [RevisionRecord] {
        let revisions = try db.query(
            """
            SELECT revision.*
              FROM metric.resource AS resource
             CROSS JOIN LATERAL (
                   SELECT resource_type, project_id, user_id, attributes, revision_start_at, revision_end_at
                     FROM metric.resource_history AS history
                    WHERE history.resource_number = resource.resource_number
                    UNION ALL
                   SELECT resource.resource_type, resource.project_id, resource.user_id, resource.attributes,
                          resource.revision_start_at, NULL) AS revision
             WHERE resource.resource_id = \(id) AND \(scope.condition(on: "revision"))
             ORDER BY revision_start_at
            """
        ) { row in
            RevisionRecord(
                facts: try ResourceRecord.Facts(row), start: try row["revision_start_at"],
                end: try row["revision_end_at"])
        }
        guard !revisions.isEmpty else { throw QueryError.resourceUnknown(id) }
        return revisions
    }
}

extension ResourceRecord {
    init(_ row: borrowing Row) throws {
        self.init(
            id: try row["resource_id"], facts: try Facts(row), revisionStart: try row["revision_start_at"],
            observedAt: try row["observed_at"], startedAt: try row["started_at"], endedAt: try row["ended_at"])
    }
}
