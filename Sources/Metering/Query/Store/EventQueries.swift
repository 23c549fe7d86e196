package import MetricStore
package import Postgres
package import Telemetry

/// Questions about events, within a scope.
///
/// An event belongs to the project that its trait `project_id` names; events without one are the operator's.
package struct EventQueries: Sendable {
    package init() {}

    private static let ownerTrait = "project_id"

    /// The events that meet a query, in its order.
    package func events(_ query: EventQuery, scope: Scope, in db: isolated Session) throws -> [Event] {
        try QueryLimits.check(.events, query.limit, limit: QueryLimits.events)
        var scoped = query
        if case .project(let project) = scope {
            scoped.traits.append(TraitCondition(Self.ownerTrait, .equal, .text(project.text)))
        }
        return try EventStore().events(scoped, in: db)
    }

    /// One event; nil where there is none that the scope may see.
    package func event(_ id: MessageID, scope: Scope, in db: isolated Session) throws -> Event? {
        guard let event = try EventStore().event(id, in: db) else { return nil }
        switch scope {
        case .everything: return event
        case .project(let project):
            return event.traits.contains(Trait(Self.ownerTrait, .text(project.text))) ? event : nil
        }
    }
}
