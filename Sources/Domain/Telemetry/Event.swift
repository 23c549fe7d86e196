/// Facts extracted from one notification.
package struct Event: Hashable, Sendable {
    package let messageID: MessageID
    package let eventType: String
    /// When the producer made the notification.
    package let generated: Instant
    package let traits: [Trait]

    package init(messageID: MessageID, eventType: String, generated: Instant, traits: [Trait]) {
        self.messageID = messageID
        self.eventType = eventType
        self.generated = generated
        self.traits = traits
    }
}

/// One typed attribute of an event.
package struct Trait: Hashable, Sendable {
    package let name: String
    package let value: TraitValue

    package init(_ name: String, _ value: TraitValue) {
        self.name = name
        self.value = value
    }
}

/// The value of a trait. The numbers of the types are Ceilometer's `dtype`: text 1, int 2, float 3, datetime 4.
package enum TraitValue: Hashable, Sendable {
    case text(String)
    case int(Int64)
    case float(Double)
    case datetime(Instant)

    package var type: TraitType {
        switch self {
        case .text: .text
        case .int: .int
        case .float: .float
        case .datetime: .datetime
        }
    }
}

/// The type of a trait, with Ceilometer's numbers.
package enum TraitType: Int, Hashable, Sendable, CaseIterable {
    case text = 1
    case int = 2
    case float = 3
    case datetime = 4
}
