import MetricStore
package import Postgres
package import Telemetry
package import Usage

/// Questions about the usage intervals of resources, within a scope.
package struct UsageQueries: Sendable {
    package init() {}

    /// Hands over the intervals that touch a period, those of one resource and project at a time, ordered by project, type and
    /// resource.
    ///
    /// A project has those of its own time, whoever owns the resource now.
    package func forEachResource(
        _ resource: ResourceID? = nil, type: ResourceType? = nil, project: ProjectID? = nil, in period: UsagePeriod,
        scope: Scope, in db: isolated Session, _ body: ([UsageInterval]) throws -> Void
    ) throws {
        guard let visible = scope.narrowed(to: project) else { return }
        let filter = UsageStore.Filter(projectID: visible, resourceType: type, resourceID: resource)
        try UsageStore().forEachResource(filter, in: period, in: db, body)
    }

    /// Why the resources of an id are billed as they are: each interval with the facts behind it.
    ///
    /// A project has the intervals of its own time, and of the facts those that opened or closed them or name it.
    ///
    /// - Throws: `QueryError.resourceUnknown` where nothing is known that the scope may see.
    package func explanations(
        of resource: ResourceID, scope: Scope, in db: isolated Session
    ) throws -> [(resourceType: ResourceType, explanation: UsageExplanation)] {
        let visible = try UsageStore().explanations(of: resource, in: db).compactMap { type, explanation in
            explanation.visible(to: scope).map { (resourceType: type, explanation: $0) }
        }
        guard !visible.isEmpty else { throw QueryError.resourceUnknown(resource) }
        return visible
    }
}

extension Scope {
    /// The project that a statement must be limited to, nil for none; nothing at all where the scope excludes the one
    /// asked for.
    func narrowed(to project: ProjectID?) -> ProjectID?? {
        switch self {
        case .everything: .some(project)
        case .project(let own): project == nil || project == own ? .some(own) : .none
        }
    }
}

extension UsageExplanation {
    /// What a scope may see of it; nil where that is nothing.
    fileprivate func visible(to scope: Scope) -> UsageExplanation? {
        guard case .project(let project) = scope else { return self }
        let own = chapters.filter { $0.interval.attributes.projectID == project }
        let facts = own.flatMap { [$0.opening, $0.closing].compactMap(\.self) + $0.confirmations } + others
        let visible = facts.filter { fact in
            fact.attributes.projectID == project || own.contains { $0.names(fact) }
        }
        guard !own.isEmpty || !visible.isEmpty else { return nil }
        return UsageExplanation(intervals: own.map(\.interval), facts: visible)
    }
}

extension UsageExplanation.Chapter {
    fileprivate func names(_ fact: UsageFact) -> Bool {
        interval.openedBy == fact.messageID || interval.closedBy == fact.messageID
    }
}
