package import Telemetry

/// Which resources are meant; all conditions must hold, and nil or empty means no condition.
package struct ResourceFilter: Hashable, Sendable {
    /// One of these ids.
    package var ids: [ResourceID]?
    /// One of these types.
    package var types: [ResourceType]?
    /// Owned by one of these projects; within the scope, which this can't widen.
    package var projects: [ProjectID]?
    /// Attributes that have these values, compared as text: the number 4 and the text "4" are equal.
    package var attributes: [String: String]
    /// Known to have existed at some time in `[start, stop)`: begun before its end and not ended at its start.
    package var existing: Range<Instant>?
    /// Observed at this time or later, and so possibly measured: of most resources no observation tells that they ended.
    package var observedSince: Instant?

    package init(
        ids: [ResourceID]? = nil, types: [ResourceType]? = nil, projects: [ProjectID]? = nil,
        attributes: [String: String] = [:], existing: Range<Instant>? = nil, observedSince: Instant? = nil
    ) {
        self.ids = ids
        self.types = types
        self.projects = projects
        self.attributes = attributes
        self.existing = existing
        self.observedSince = observedSince
    }

    func check() throws(QueryError) {
        for count in [ids?.count, types?.count, projects?.count] {
            try QueryLimits.check(.filterValues, count ?? 0, limit: QueryLimits.filterValues)
        }
        try QueryLimits.check(.attributeConditions, attributes.count, limit: QueryLimits.attributeConditions)
    }
}

/// Which part of a list is asked for: resources in the order of their ids.
package struct Page: Hashable, Sendable {
    /// Those after this id; nil from the beginning.
    package let after: ResourceID?
    /// So many at most.
    package let size: Int

    package init(after: ResourceID? = nil, size: Int = QueryLimits.pageSize) {
        self.after = after
        self.size = size
    }
}

extension QueryLimits {
    static func check(_ what: QueryError.Limited, _ found: Int, limit: Int) throws(QueryError) {
        guard found <= limit else { throw .limitExceeded(what, found: found, limit: limit) }
    }
}
