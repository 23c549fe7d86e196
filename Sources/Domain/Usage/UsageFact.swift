package import Telemetry

/// What one notification says about the life of one resource.
///
/// Facts are values without order: a timeline is the same whatever the order in which they come and however often each
/// of them does. Which field of which notification becomes which part is written in `docs/specs/usage.md`.
package struct UsageFact: Hashable, Sendable {
    package let messageID: MessageID
    package let eventType: String
    /// When the service made the notification.
    package let generated: Instant
    package let resourceType: ResourceType
    package let resourceID: ResourceID
    package let standing: Standing
    /// Whether the event type is the one that ordinarily opens or closes a life (`volume.create.end`); such a fact is
    /// preferred when several could be named as the cause of a boundary.
    package let isLandmark: Bool
    package let start: Start?
    package let end: End?
    /// When, by the service's own clock, the described attributes began to hold; nil where it does not say.
    package let changed: Instant?
    package let attributes: UsageAttributes

    package init(
        messageID: MessageID, eventType: String, generated: Instant, resourceType: ResourceType, resourceID: ResourceID,
        standing: Standing, isLandmark: Bool = false, start: Start? = nil, end: End? = nil, changed: Instant? = nil,
        attributes: UsageAttributes = UsageAttributes()
    ) {
        self.messageID = messageID
        self.eventType = eventType
        self.generated = generated
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.standing = standing
        self.isLandmark = isLandmark
        self.start = start
        self.end = end
        self.changed = changed
        self.attributes = attributes
    }

    /// How far a fact's attributes are believed.
    package enum Standing: String, Hashable, Sendable, CaseIterable {
        /// Made after a change by the one that made it: the attributes hold from then on.
        case observation
        /// Made before an operation, or by a process that may hold an old copy of the resource: it tells of start and
        /// end, and its attributes serve only where no other fact has any.
        case report
        /// Made by a periodic audit: an observation that repairs what no other fact tells.
        case audit
    }

    /// What the fact says about the moment from which the resource is billed.
    package enum Start: Hashable, Sendable {
        /// The service's own time of it.
        case stated(Instant)
        /// The resource exists since then; whether it ever came to be usable, this fact does not know.
        case presumed(Instant)
        /// The resource is being made and not yet usable.
        case pending
        /// The resource exists but failed to come to be: not billed, unless another fact states a start.
        case denied
    }

    /// What the fact says about the moment up to which the resource is billed.
    package enum End: Hashable, Sendable {
        /// The service's own time of it.
        case stated(Instant)
        /// Gone when the notification was made, and made for that very reason.
        case noticed(Instant)
        /// Gone some time before the notification was made.
        case passed
    }
}

extension UsageFact {
    /// The order in which facts are considered: by their time, and by message id where that is the same.
    static func precedes(_ left: UsageFact, _ right: UsageFact) -> Bool {
        (left.generated, left.messageID) < (right.generated, right.messageID)
    }
}
