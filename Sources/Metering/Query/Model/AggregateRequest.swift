package import Aggregation
package import Telemetry

/// A question about one meter across many resources.
package struct AggregateRequest: Hashable, Sendable {
    package let meter: MeterName
    package let filter: ResourceFilter
    package let windowing: Windowing
    /// How the resources' aggregates become one series.
    package let reaggregation: Reaggregation
    /// One series per combination of these; one series in all where it is empty.
    package let groupBy: [GroupKey]

    package init(
        meter: MeterName, filter: ResourceFilter = ResourceFilter(), windowing: Windowing, reaggregation: Reaggregation,
        groupBy: [GroupKey] = []
    ) {
        self.meter = meter
        self.filter = filter
        self.windowing = windowing
        self.reaggregation = reaggregation
        self.groupBy = groupBy
    }
}

/// A fact by which resources are put together.
package enum GroupKey: Hashable, Sendable {
    case resource, type, project, user
    case attribute(String)

    /// The fact of a resource as text; nil where the resource hasn't it.
    func value(of resource: ResourceRecord) -> String? {
        switch self {
        case .resource: resource.id.text
        case .type: resource.facts.type.text
        case .project: resource.facts.projectID?.text
        case .user: resource.facts.userID?.text
        case .attribute(let name): resource.facts.attributes.attributeText(name)
        }
    }
}

/// The answer for one group.
package struct AggregateGroup: Hashable, Sendable {
    /// One value per key of the question, in the same order.
    package let key: [String?]
    /// The resources whose metrics were read, those without aggregates in the interval included.
    package let resources: [ResourceID]
    package let series: AggregateSeries
}
