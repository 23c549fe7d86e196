import APIKit
import Aggregation
import JSON
import MetricStore
import Query
import ServiceKit
import Telemetry

extension MetricsAPI {
    /// `GET /v1/aggregates`: one meter over many resources, as one series per group.
    ///
    /// `metric` names the meter; `aggregation` folds each resource's measures, `reaggregation` the resources' aggregates;
    /// `groupby` may be repeated: `id`, `type`, `project_id`, `user_id` or an attribute.
    func listAggregates(_ request: APIRequest) async throws -> APIResponse {
        let now = clock.now
        let query = QueryReader(request, now: now)
        let meter = query.required("metric").map { MeterName($0) }
        let method = query.aggregationMethod() ?? .mean
        let reaggregation = query.aggregationMethod("reaggregation") ?? method
        if reaggregation.isRate { query.report("reaggregation: aggregates of several resources have no rate") }
        let windowing = Windowing(query, method: method)
        let types = query.strings("resource_type").map { ResourceType($0) }
        let projects = query.strings("project_id").map { ProjectID($0) }
        let ids = query.strings("resource_id").map { ResourceID($0) }
        let keys = query.strings("groupby").map { GroupKey($0) }
        let conditions = Self.attributeConditions(query.strings("attribute"), query)
        try query.check()
        guard let meter else { throw Fault.badRequest("the parameter metric is missing") }
        let filter = ResourceFilter(
            ids: ids.isEmpty ? nil : ids, types: types.isEmpty ? nil : types,
            projects: projects.isEmpty ? nil : projects,
            attributes: conditions)
        let aggregates = AggregateRequest(
            meter: meter, filter: filter, windowing: windowing, reaggregation: Reaggregation(reaggregation.statistic),
            groupBy: keys)
        let groups = try await read { db in
            try AggregateQueries(now: now).groups(aggregates, scope: .everything, in: db)
        }
        return .json(.array(groups.map { JSONValue($0, keys: keys) }))
    }

    /// `GET /v1/archive_policy`: the policies in the order of their names.
    func listArchivePolicies(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let policies = try await read { db in try ArchivePolicyStore().all(in: db).values.sorted { $0.name < $1.name } }
        return .json(.array(policies.map { JSONValue($0) }))
    }

    /// `GET /v1/archive_policy/{name}`.
    func showArchivePolicy(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let name = try request.parameter("name")
        let policies = try await read { db in try ArchivePolicyStore().all(in: db) }
        guard let policy = policies.values.first(where: { $0.name == name }) else {
            throw Fault.notFound("there is no archive policy \(name)")
        }
        return .json(JSONValue(policy))
    }
}

extension GroupKey {
    fileprivate init(_ name: String) {
        switch name {
        case "id": self = .resource
        case "type": self = .type
        case "project_id": self = .project
        case "user_id": self = .user
        default: self = .attribute(name)
        }
    }

    fileprivate var name: String {
        switch self {
        case .resource: "id"
        case .type: "type"
        case .project: "project_id"
        case .user: "user_id"
        case .attribute(let name): name
        }
    }
}

extension JSONValue {
    fileprivate init(_ group: AggregateGroup, keys: [GroupKey]) {
        let key = zip(keys, group.key).map { Member($0.name, $1.map { .string($0) } ?? .null) }
        let measures = group.series.aggregates.map {
            JSONValue.measure($0.timestamp, group.series.granularity, $0.value)
        }
        self = .object([
            .init("group", .object(key)), .init("resource_count", .int(Int64(group.resources.count))),
            .init("measures", .array(measures)),
        ])
    }

    init(_ policy: ArchivePolicy) {
        let definitions = policy.definitions.map { definition -> JSONValue in
            [
                "granularity": .seconds(definition.granularity), "points": .int(Int64(definition.points)),
                "timespan": .seconds(definition.timespan),
            ]
        }
        self = .object([
            .init("name", .string(policy.name)), .init("back_window", .int(Int64(policy.backWindow))),
            .init("aggregation_methods", .array(policy.methods.map { .string("\($0)") })),
            .init("definition", .array(definitions)), .init("raw_timespan", .seconds(policy.rawTimespan)),
        ])
    }
}
