import APIKit
import JSON
import MetricStore
import Query
import ServiceKit
import Telemetry

extension MetricsAPI {
    /// `GET /v2/events`: events with their traits, the newest first unless `sort=asc`.
    ///
    /// Conditions are Panko's `q.field`, `q.op`, `q.type`, `q.value`, in groups; `event_type` takes a pattern besides.
    func listEvents(_ request: APIRequest) async throws -> APIResponse {
        let query = QueryReader(request, now: clock.now)
        let page = PageRequest(query)
        var events = EventQuery(limit: page.limit)
        events.typePattern = query.string("event_type")
        events.from = query.instant("start")
        events.to = query.instant("end")
        events.order = query.choice("sort") ?? .newestFirst
        let conditions = EventConditionParameters(request.query, query)
        try query.check()
        try conditions.apply(to: &events)
        let (template, marker) = (events, page.marker.map { MessageID($0) })
        let found = try await read { db -> [Event] in
            var events = template
            if let marker {
                guard let last = try EventQueries().event(marker, scope: .everything, in: db) else {
                    throw Fault.badRequest("the marker \(marker) is no event's message id")
                }
                events.marker = EventQuery.Marker(last)
            }
            return try EventQueries().events(events, scope: .everything, in: db)
        }
        let next = found.count == page.limit ? found.last?.messageID.text : nil
        return .page(found.map { JSONValue($0) }, nextMarker: next, of: request)
    }

    /// `GET /v2/events/{id}`: one event by its message id.
    func showEvent(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let id = MessageID(try request.parameter("id"))
        guard let event = try await read({ db in try EventQueries().event(id, scope: .everything, in: db) }) else {
            throw Fault.notFound("there is no event \(id)")
        }
        return .json(JSONValue(event))
    }

    /// `GET /v2/event_types`.
    func listEventTypes(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let types = try await read { db in try EventStore().eventTypes(in: db) }
        return .json(.array(types.map { .string($0) }))
    }

    /// `GET /v2/event_types/{type}/traits`: names and types.
    func listTraits(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let type = try request.parameter("type")
        let traits = try await read { db in try EventStore().traits(ofType: type, in: db) }
        return .json(.array(traits.map { ["name": .string($0.name), "type": .string($0.type.pankoName)] }))
    }
}

extension JSONValue {
    init(_ event: Event) {
        let traits = event.traits.map { trait -> JSONValue in
            ["name": .string(trait.name), "type": .string(trait.value.type.pankoName), "value": JSONValue(trait.value)]
        }
        self = .object([
            .init("message_id", .string(event.messageID.text)), .init("event_type", .string(event.eventType)),
            .init("generated", JSONValue(event.generated)), .init("traits", .array(traits)),
        ])
    }

    fileprivate init(_ value: TraitValue) {
        switch value {
        case .text(let text): self = .string(text)
        case .int(let number): self = .int(number)
        case .float(let number): self = .double(number)
        case .datetime(let instant): self = JSONValue(instant)
        }
    }
}

extension TraitType {
    /// The type's name in Panko's API.
    var pankoName: String {
        switch self {
        case .text: "string"
        case .int: "integer"
        case .float: "float"
        case .datetime: "datetime"
        }
    }
}
