import APIKit
import Aggregation
import JSON
import Query
import ServiceKit
import Telemetry

extension MetricsAPI {
    /// `GET /v1/metric`: the meters per type of resource; with `resource_id`, the metrics of that resource.
    func listMeters(_ request: APIRequest) async throws -> APIResponse {
        let query = QueryReader(request, now: clock.now)
        let resource = query.string("resource_id").map { ResourceID($0) }
        let type = query.string("resource_type").map { ResourceType($0) }
        let name = query.string("name").map { MeterName($0) }
        try query.check()
        let items = try await read { db -> [JSONValue] in
            if let resource {
                return try MeterQueries().metrics(of: resource, scope: .everything, in: db)
                    .filter { name == nil || $0.meter == name }.map { JSONValue($0) }
            }
            return try MeterQueries().list(ResourceFilter(types: type.map { [$0] }), scope: .everything, in: db)
                .filter { name == nil || $0.meter == name }.map { JSONValue($0) }
        }
        return .json(.array(items))
    }

    /// `GET /v1/resource/{type}/{id}/metric`: the metrics of a resource in the order of their names.
    func listMetrics(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let metrics = try await metrics(of: request)
        return .json(.array(metrics.map { JSONValue($0) }))
    }

    /// `GET /v1/resource/{type}/{id}/metric/{name}`.
    func showMetric(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let name = MeterName(try request.parameter("name"))
        let metrics = try await metrics(of: request)
        guard let metric = metrics.first(where: { $0.meter == name }) else {
            throw QueryError.metricUnknown(ResourceID(try request.parameter("id")), name)
        }
        return .json(JSONValue(metric))
    }

    /// `GET …/measures`: Gnocchi's triples of timestamp, granularity in seconds, and value; with `aggregation=none` the
    /// measures themselves, whose granularity is 0.
    func listMeasures(_ request: APIRequest) async throws -> APIResponse {
        let now = clock.now
        let query = QueryReader(request, now: now)
        let isRaw = query.string("aggregation") == "none"
        let windowing = Windowing(query, method: isRaw ? .mean : query.aggregationMethod() ?? .mean)
        try query.check()
        let (type, id) = (try self.type(of: request), ResourceID(try request.parameter("id")))
        let meter = MeterName(try request.parameter("name"))
        let triples = try await read { db -> [JSONValue] in
            _ = try Self.resource(id, type, in: db)
            let queries = MeasureQueries(now: now)
            guard isRaw else {
                let series = try queries.aggregates(of: id, meter: meter, windowing, scope: .everything, in: db)
                return series.aggregates.map { .measure($0.timestamp, series.granularity, $0.value) }
            }
            let measures = try queries.measures(
                of: id, meter: meter, from: windowing.start, to: windowing.stop, scope: .everything, in: db)
            return zip(measures.timestamps, measures.values).map { .measure($0, .zero, $1) }
        }
        return .json(.array(triples))
    }

    private func metrics(of request: APIRequest) async throws -> [MetricRecord] {
        let (type, id) = (try self.type(of: request), ResourceID(try request.parameter("id")))
        return try await read { db in
            _ = try Self.resource(id, type, in: db)
            return try MeterQueries().metrics(of: id, scope: .everything, in: db)
        }
    }
}

extension Windowing {
    /// `start`, `stop`, `granularity` and `resample`.
    init(_ query: QueryReader, method: AggregationMethod) {
        self.init(
            start: query.instant("start"), stop: query.instant("stop"), granularity: query.duration("granularity"),
            method: method, resampled: query.windowWidth("resample"))
    }
}

extension QueryReader {
    func aggregationMethod(_ name: String = "aggregation") -> AggregationMethod? {
        parse(name, expected: "a method such as mean, max, 95pct or rate:mean") { AggregationMethod($0) }
    }

    /// A duration, or one of Gnocchi's letters for the periods of the calendar: Y, H, Q, M, W.
    func windowWidth(_ name: String) -> WindowWidth? {
        let letter = string(name).flatMap { CalendarPeriod(rawValue: $0) }
        return letter.map { .calendar($0) } ?? duration(name).map { .fixed($0) }
    }
}

extension JSONValue {
    init(_ meter: MeterSummary) {
        self = .object([
            .init("name", .string(meter.meter.text)), .init("resource_type", .string(meter.resourceType.text)),
            .init("kind", .string(meter.kind.rawValue)), .init("unit", .string(meter.unit)),
            .init("metric_count", .int(Int64(meter.metricCount))),
        ])
    }

    init(_ metric: MetricRecord) {
        self = .object([
            .init("name", .string(metric.meter.text)), .init("resource_id", .string(metric.resourceID.text)),
            .init("kind", .string(metric.kind.rawValue)), .init("unit", .string(metric.unit)),
            .init("archive_policy_name", .string(metric.policyName)),
        ])
    }

    static func measure(_ timestamp: Instant, _ granularity: Duration, _ value: Double) -> JSONValue {
        .array([JSONValue(timestamp), .seconds(granularity), .double(value)])
    }

    /// A duration as a number of seconds, as Gnocchi gives it.
    static func seconds(_ duration: Duration) -> JSONValue { .double(duration / .seconds(1)) }
}
