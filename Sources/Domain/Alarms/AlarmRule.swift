package import Aggregation
package import Telemetry

/// When to raise an alarm, and whom to tell.
///
/// One rule watches every resource and meter that its patterns match, each on its own.
package struct AlarmRule: Hashable, Sendable {
    package let name: AlarmName
    package let about: String
    package let isEnabled: Bool
    package let meter: GlobPattern
    package let resources: AlarmResourceFilter
    /// What becomes of the measures of one period before it is compared.
    package let method: AlarmMethod
    /// The length of a period.
    package let granularity: Duration
    /// How many periods in a row must agree.
    package let evaluationPeriods: Int
    package let comparison: AlarmComparison
    package let threshold: Double
    package let severity: AlarmSeverity
    /// Addresses that are told of a change to a status.
    package let actions: [AlarmStatus: [String]]
    /// Whether to tell again in every further period.
    package let repeatsActions: Bool

    package init(
        name: AlarmName, about: String = "", isEnabled: Bool = true, meter: GlobPattern,
        resources: AlarmResourceFilter = AlarmResourceFilter(), method: AlarmMethod = .mean,
        granularity: Duration, evaluationPeriods: Int, comparison: AlarmComparison, threshold: Double,
        severity: AlarmSeverity = .low, actions: [AlarmStatus: [String]] = [:], repeatsActions: Bool = false
    ) {
        precondition(granularity > .zero && evaluationPeriods > 0, "a rule has periods")
        self.name = name
        self.about = about
        self.isEnabled = isEnabled
        self.meter = meter
        self.resources = resources
        self.method = method
        self.granularity = granularity
        self.evaluationPeriods = evaluationPeriods
        self.comparison = comparison
        self.threshold = threshold
        self.severity = severity
        self.actions = actions
        self.repeatsActions = repeatsActions
    }

    /// Whether the rule watches this meter of this resource.
    package func watches(_ meter: MeterName, of resource: AlarmResource) -> Bool {
        isEnabled && self.meter.matches(meter.text) && resources.matches(resource)
    }
}

/// The name of a rule, unique in its file.
package struct AlarmName: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// What a rule may ask of a resource.
package struct AlarmResource: Hashable, Sendable {
    package let id: ResourceID
    package let type: ResourceType
    package let projectID: ProjectID?

    package init(id: ResourceID, type: ResourceType, projectID: ProjectID?) {
        self.id = id
        self.type = type
        self.projectID = projectID
    }
}

/// Which resources a rule watches; what is nil does not matter.
package struct AlarmResourceFilter: Hashable, Sendable {
    package let id: GlobPattern?
    package let type: GlobPattern?
    package let projectID: GlobPattern?

    package init(id: GlobPattern? = nil, type: GlobPattern? = nil, projectID: GlobPattern? = nil) {
        self.id = id
        self.type = type
        self.projectID = projectID
    }

    package func matches(_ resource: AlarmResource) -> Bool {
        (id?.matches(resource.id.text) ?? true) && (type?.matches(resource.type.text) ?? true)
            && (projectID.map { pattern in resource.projectID.map { pattern.matches($0.text) } ?? false } ?? true)
    }
}
