package import JSON
package import Telemetry

/// A resource as last observed.
package struct ResourceRecord: Hashable, Sendable {
    package let id: ResourceID
    package let facts: Facts
    /// From when on the facts were observed.
    package let revisionStart: Instant
    /// The latest observation that confirmed them, to within a few minutes.
    package let observedAt: Instant
    /// When the resource came into being and ceased to be, where an observation has told.
    package let startedAt: Instant?
    package let endedAt: Instant?

    /// What changes in the life of a resource.
    package struct Facts: Hashable, Sendable {
        package let type: ResourceType
        package let projectID: ProjectID?
        package let userID: UserID?
        /// An object.
        package let attributes: JSONValue
    }
}

/// The facts of a resource and the time for which they held.
package struct RevisionRecord: Hashable, Sendable {
    package let facts: ResourceRecord.Facts
    package let start: Instant
    /// Nil for the present revision.
    package let end: Instant?
}

/// A part of a list of resources.
package struct ResourcePage: Hashable, Sendable {
    package let resources: [ResourceRecord]
    /// What the next page begins after; nil on the last one.
    package let next: ResourceID?
}

/// A meter of a type of resource, and how many metrics of it there are.
package struct MeterSummary: Hashable, Sendable {
    package let meter: MeterName
    package let resourceType: ResourceType
    package let kind: MeterKind
    package let unit: String
    package let metricCount: Int
}

/// A metric with the resource that it belongs to and the policy that it is kept by.
package struct MetricRecord: Hashable, Sendable {
    package let meter: MeterName
    package let kind: MeterKind
    package let unit: String
    package let policyName: String
    package let resourceID: ResourceID
}
