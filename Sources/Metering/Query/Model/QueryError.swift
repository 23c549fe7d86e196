package import Aggregation
package import Telemetry

/// Why a question has no answer.
package enum QueryError: Error, Hashable, Sendable {
    /// There is no such resource, or none that the scope may see; which of the two is not told.
    case resourceUnknown(ResourceID)
    /// The resource has no such metric.
    case metricUnknown(ResourceID, MeterName)
    /// The metric's policy keeps no windows of this granularity, and its measures are not asked for.
    case granularityUnknown(Duration, available: [Duration])
    /// No window is so narrow or so wide.
    case granularityOutOfRange(Duration, limits: ClosedRange<Duration>)
    /// The metrics' policies have no granularity in common, and none was asked for.
    case granularityAmbiguous([Duration])
    /// The metric's policy keeps no such aggregate.
    case methodUnknown(AggregationMethod, available: [AggregationMethod])
    /// A metric's policy was registered while the question was being answered; asked again, it has an answer.
    case policyUnknown(String)
    /// The end doesn't lie after the start.
    case intervalEmpty(start: Instant, stop: Instant)
    /// The question or its answer is above a limit.
    case limitExceeded(Limited, found: Int, limit: Int)

    /// What is limited.
    package enum Limited: String, Hashable, Sendable {
        case pageSize = "resources on a page"
        case filterValues = "values in a filter"
        case attributeConditions = "attribute conditions"
        case groupKeys = "keys of a grouping"
        case metrics = "metrics of an aggregation"
        case points = "points of an answer"
        case meters = "meters of a list"
        case events = "events of an answer"
        case answerBytes = "bytes of an answer"
    }
}

extension QueryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .resourceUnknown(let id): "There is no resource \"\(id)\""
        case .metricUnknown(let id, let meter): "Resource \"\(id)\" has no metric \"\(meter)\""
        case .granularityUnknown(let granularity, let available):
            "Windows of \(granularity) are not kept; available: \(Self.list(available))"
        case .granularityOutOfRange(let width, let limits):
            "A window of \(width) is not from \(limits.lowerBound) to \(limits.upperBound)"
        case .granularityAmbiguous(let granularities):
            "The metrics have no granularity in common; among them: \(Self.list(granularities))"
        case .methodUnknown(let method, let available):
            "Aggregates by \"\(method)\" are not kept; available: \(Self.list(available))"
        case .policyUnknown(let name): "The archive policy \"\(name)\" has just been added; ask again"
        case .intervalEmpty(let start, let stop): "The stop \(stop) is not after the start \(start)"
        case .limitExceeded(let what, let found, let limit):
            "Too many \(what.rawValue): \(found), the most is \(limit); ask for less"
        }
    }

    private static func list<Value>(_ values: [Value]) -> String { values.map { "\($0)" }.joined(separator: ", ") }
}
