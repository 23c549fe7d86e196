package import JSON

/// One reading of one meter of one resource.
package struct Sample: Hashable, Sendable {
    package let meter: MeterName
    package let kind: MeterKind
    package let unit: String
    package let volume: Double
    package let resourceID: ResourceID
    package let projectID: ProjectID?
    package let userID: UserID?
    package let timestamp: Instant
    /// Facts about the resource at that moment; an object, its members in the order of their definition.
    package let metadata: JSONValue

    package init(
        meter: MeterName, kind: MeterKind, unit: String, volume: Double, resourceID: ResourceID, projectID: ProjectID?,
        userID: UserID?, timestamp: Instant, metadata: JSONValue
    ) {
        self.meter = meter
        self.kind = kind
        self.unit = unit
        self.volume = volume
        self.resourceID = resourceID
        self.projectID = projectID
        self.userID = userID
        self.timestamp = timestamp
        self.metadata = metadata
    }
}

/// How the readings of a meter follow one another.
package enum MeterKind: String, Hashable, Sendable, CaseIterable {
    /// A value that stands for itself: a temperature, a size.
    case gauge
    /// What came to pass since the last reading: bytes of one request.
    case delta
    /// A counter that only rises until its source restarts.
    case cumulative
}
