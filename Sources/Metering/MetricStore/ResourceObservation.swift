package import JSON
package import Telemetry

/// What a sample, a batch or a notification tells about a resource at one moment.
package struct ResourceObservation: Hashable, Sendable {
    package let id: ResourceID
    package let at: Instant
    /// Nil for each where the source doesn't tell it, which changes nothing.
    package let type: ResourceType?
    package let projectID: ProjectID?
    package let userID: UserID?
    /// Attributes that are named replace those of the same name; others stay.
    package let attributes: ResourceAttributes
    /// When the resource came into being or ceased to be, where the source tells it.
    package let startedAt: Instant?
    package let endedAt: Instant?

    /// Times are cut to microseconds, as the database keeps them.
    package init(
        id: ResourceID, at: Instant, type: ResourceType? = nil, projectID: ProjectID? = nil, userID: UserID? = nil,
        attributes: ResourceAttributes = ResourceAttributes(), startedAt: Instant? = nil, endedAt: Instant? = nil
    ) {
        self.id = id
        self.at = at.cutToMicrosecond
        self.type = type
        self.projectID = projectID
        self.userID = userID
        self.attributes = attributes
        self.startedAt = startedAt?.cutToMicrosecond
        self.endedAt = endedAt?.cutToMicrosecond
    }
}

/// Named facts about a resource, in an order that depends on the names alone, so that equal facts are equal values.
package struct ResourceAttributes: Hashable, Sendable {
    package private(set) var members: [String: JSONValue]

    /// Names given twice: the last one counts, as with JSON readers.
    ///
    /// Beyond the limits, which no cloud's metadata comes near, further names are left out in their order.
    package init(_ members: [JSONValue.Member] = []) {
        self.members = [:]
        for member in members.suffix(Self.countLimit) { self.members[member.key] = member.value.ordered }
    }

    package static let countLimit = 1_000

    init(jsonb text: String) throws(JSONError) {
        self.init(try JSONValue(parsing: text).members ?? [])
    }

    var json: JSONValue { .object(members.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }) }

    /// These with those of `other` put over them.
    func overlaid(by other: ResourceAttributes) -> ResourceAttributes {
        var result = self
        result.members.merge(other.members) { _, new in new }
        return result
    }
}

extension JSONValue {
    /// The value with the members of its objects in order; PostgreSQL's jsonb does not keep the order of the text.
    fileprivate var ordered: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.ordered))
        case .object(let members):
            .object(
                Dictionary(members.map { (ExactText($0.key), $0.value.ordered) }) { _, last in last }
                    .sorted { $0.key < $1.key }.map { Member($0.key.text, $0.value) })
        default: self
        }
    }
}
