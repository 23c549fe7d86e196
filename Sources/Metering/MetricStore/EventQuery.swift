package import Telemetry

/// Which events are asked for.
///
/// All conditions must hold; those left out hold for every event.
package struct EventQuery: Hashable, Sendable {
    /// A shell pattern: `*` stands for any text, `?` for any character.
    package var typePattern: String?
    /// The earliest time, included.
    package var from: Instant?
    /// The time before which events were generated.
    package var to: Instant?
    package var traits: [TraitCondition] = []
    package var order: Order = .oldestFirst
    /// How many events at most.
    package var limit: Int
    /// The last event of the page before; the answer begins behind it.
    package var marker: Marker?

    package enum Order: String, Hashable, Sendable, CaseIterable {
        case oldestFirst = "asc"
        case newestFirst = "desc"
    }

    /// A place in the order of events: its time and, among events of the same microsecond, its message id.
    package struct Marker: Hashable, Sendable {
        package let generated: Instant
        package let messageID: MessageID

        package init(generated: Instant, messageID: MessageID) {
            self.generated = generated
            self.messageID = messageID
        }

        package init(_ event: Event) {
            self.init(generated: event.generated, messageID: event.messageID)
        }
    }

    package init(limit: Int) {
        self.limit = limit
    }
}

/// A condition on one trait; an event without it, or with one of another type, does not meet it.
package struct TraitCondition: Hashable, Sendable {
    package let name: String
    package let comparison: Comparison
    package let value: TraitValue

    package init(_ name: String, _ comparison: Comparison, _ value: TraitValue) {
        self.name = name
        self.comparison = comparison
        self.value = value
    }

    /// The operators of Ceilometer's and Panko's queries, by their names there.
    package enum Comparison: String, Hashable, Sendable, CaseIterable {
        case equal = "eq"
        case notEqual = "ne"
        case less = "lt"
        case lessOrEqual = "le"
        case greater = "gt"
        case greaterOrEqual = "ge"
    }
}

/// A trait that events of some type have.
package struct TraitDescription: Hashable, Sendable {
    package let name: String
    package let type: TraitType

    package init(name: String, type: TraitType) {
        self.name = name
        self.type = type
    }
}

/// Why the event store can't do what it was asked.
package enum EventStoreError: Error, Hashable, Sendable {
    /// A row holds traits that this program did not write.
    case malformedTraits
}
