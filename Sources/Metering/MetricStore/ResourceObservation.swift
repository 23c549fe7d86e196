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

/// The end of whatever belongs to a resource that ends: the disks of a server.
package struct AssociatedEnd: Hashable, Sendable {
    /// The type of those that end.
    package let type: ResourceType
    /// The attribute by which they refer to the resource, and its value there.
    package let attribute: String
    package let value: String
    package let at: Instant

    package init(type: ResourceType, attribute: String, value: String, at: Instant) {
        self.type = type
        self.attribute = attribute
        self.value = value
        self.at = at
    }
}

/// Named facts about a resource, in an order that depends on the names alone, so that equal facts are equal values.
package struct ResourceAttributes: Hashable, Sendable {
    package private(set) var members: [String: JSONValue]

    /// Names given twice: the last one counts, as with JSON readers.
    ///
    /// Beyond the limit, which no cloud's metadata comes near, further names are left out in their order. U+0000, which
    /// PostgreSQL's texts can't hold, is replaced as in events.
    package init(_ members: [JSONValue.Member] = []) {
        self.members = [:]
        for member in members {
            let key = EventTraits.clean(member.key)
            guard self.members.count < Self.countLimit || self.members[key] != nil else { continue }
            self.members[key] = member.value.storable
        }
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
    /// The value as PostgreSQL's jsonb gives it back: which does not keep the order of members, and has no U+0000.
    fileprivate var storable: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.storable))
        case .object(let members):
            .object(
                Dictionary(members.map { (ExactText(EventTraits.clean($0.key)), $0.value.storable) }) { _, last in last }
                    .sorted { $0.key < $1.key }.map { Member($0.key.text, $0.value) })
        case .string(let text): .string(EventTraits.clean(text))
        default: self
        }
    }
}
