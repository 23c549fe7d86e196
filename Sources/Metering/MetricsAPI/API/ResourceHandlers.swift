import APIKit
import JSON
import Postgres
import Query
import ServiceKit
import Telemetry

extension MetricsAPI {
    /// Gnocchi's name for resources of any type.
    private static let anyType: ResourceType = "generic"

    /// `GET /v1/resource/{type}`: resources in the order of their ids.
    func listResources(_ request: APIRequest) async throws -> APIResponse {
        let query = QueryReader(request, now: clock.now)
        let page = PageRequest(query)
        let projects = query.strings("project_id").map { ProjectID($0) }
        let attributes = query.strings("attribute")
        let conditions = Self.attributeConditions(attributes, query)
        try query.check()
        let type = ResourceType(try request.parameter("type"))
        let filter = ResourceFilter(
            types: type == Self.anyType ? nil : [type], projects: projects.isEmpty ? nil : projects,
            attributes: conditions)
        let found = try await read { db in
            try ResourceQueries().list(
                filter, page: Page(after: page.marker.map { ResourceID($0) }, size: page.limit), scope: .everything,
                in: db)
        }
        return .page(found.resources.map { JSONValue($0) }, nextMarker: found.next?.text, of: request)
    }

    /// `GET /v1/resource/{type}/{id}`: one resource with its metrics.
    func showResource(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let (type, id) = (try self.type(of: request), ResourceID(try request.parameter("id")))
        let (resource, metrics) = try await read { db in
            let resource = try Self.resource(id, type, in: db)
            return (resource, try MeterQueries().metrics(of: id, scope: .everything, in: db))
        }
        let names = JSONValue.array(metrics.map { JSONValue.string($0.meter.text) })
        return .json(.object((JSONValue(resource).members ?? []) + [.init("metrics", names)]))
    }

    /// `GET /v1/resource/{type}/{id}/history`: the revisions, the present one last.
    func listRevisions(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let (type, id) = (try self.type(of: request), ResourceID(try request.parameter("id")))
        let revisions = try await read { db in
            _ = try Self.resource(id, type, in: db)
            return try ResourceQueries().history(of: id, scope: .everything, in: db)
        }
        return .json(.array(revisions.map { JSONValue($0) }))
    }

    /// The type that the path names; nil for any.
    func type(of request: APIRequest) throws -> ResourceType? {
        let type = ResourceType(try request.parameter("type"))
        return type == Self.anyType ? nil : type
    }

    /// The resource, if it is of the type that the path names.
    static func resource(_ id: ResourceID, _ type: ResourceType?, in db: isolated Session) throws -> ResourceRecord {
        let resource = try ResourceQueries().resource(id, scope: .everything, in: db)
        guard type == nil || resource.facts.type == type else { throw QueryError.resourceUnknown(id) }
        return resource
    }

    /// `attribute=flavor=m1.small`, repeated for several.
    static func attributeConditions(_ texts: [String], _ query: QueryReader) -> [String: String] {
        var conditions: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                query.report("attribute: expected name=value, found \"\(text.prefix(80))\"")
                continue
            }
            conditions[String(parts[0])] = String(parts[1])
        }
        return conditions
    }
}

extension JSONValue {
    init(_ resource: ResourceRecord) {
        self = .object([
            .init("id", .string(resource.id.text)), .init("type", .string(resource.facts.type.text)),
            .init("project_id", JSONValue(resource.facts.projectID)),
            .init("user_id", JSONValue(resource.facts.userID)),
            .init("started_at", JSONValue(resource.startedAt)), .init("ended_at", JSONValue(resource.endedAt)),
            .init("revision_start", JSONValue(resource.revisionStart)),
            .init("observed_at", JSONValue(resource.observedAt)),
            .init("attributes", resource.facts.attributes),
        ])
    }

    init(_ revision: RevisionRecord) {
        self = .object([
            .init("type", .string(revision.facts.type.text)), .init("project_id", JSONValue(revision.facts.projectID)),
            .init("user_id", JSONValue(revision.facts.userID)), .init("revision_start", JSONValue(revision.start)),
            .init("revision_end", JSONValue(revision.end)), .init("attributes", revision.facts.attributes),
        ])
    }

    /// An id's text, or null.
    init(_ id: (some Identifier)?) {
        self = id.map { .string($0.text) } ?? .null
    }

    /// A time in ISO 8601 and UTC, or null.
    init(_ instant: Instant?) {
        self = instant.map { .string($0.text) } ?? .null
    }
}
