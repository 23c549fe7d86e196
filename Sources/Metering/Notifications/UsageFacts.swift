package import JSON
package import Telemetry
package import Usage

extension UsageFact {
    /// What a notification says about the lives of billed resources; empty for one that says nothing of that.
    ///
    /// Mostly one fact; Neutron's bulk requests announce several resources at once. The fields that are read, and why
    /// these, are written in `docs/specs/usage.md`.
    package static func facts(
        messageID: MessageID, eventType: String, generated: Instant, payload: JSONNode
    ) -> [UsageFact] {
        guard payload.kind == .object, UsageNotice.times.contains(generated) else { return [] }
        guard let (service, operation) = UsageNotice.split(eventType) else { return [] }
        let notice = UsageNotice(
            messageID: messageID, eventType: eventType, operation: operation, generated: generated,
            payload: VersionedObject(payload).data)
        return switch service {
        case .server: notice.serverFact.map { [$0] } ?? []
        case .blockStorage(let kind): notice.blockStorageFact(kind).map { [$0] } ?? []
        case .image: notice.imageFact.map { [$0] } ?? []
        case .networking(let kind): notice.networkingFacts(kind)
        case .loadBalancer: notice.loadBalancerFact.map { [$0] } ?? []
        }
    }
}

/// A notification in the hands of the readers of this folder's `UsageFacts+…` files.
struct UsageNotice {
    let messageID: MessageID
    let eventType: String
    /// The event type without the resource's name: `create.end`.
    let operation: Substring
    let generated: Instant
    /// Without the wrapping of a versioned one.
    let payload: JSONNode

    enum Service {
        case server
        case blockStorage(BlockStorageKind)
        case image
        case networking(NetworkingKind)
        case loadBalancer
    }

    static func split(_ eventType: String) -> (service: Service, operation: Substring)? {
        let rest = eventType.split(separator: ".", maxSplits: 1)
        guard rest.count == 2 else { return nil }
        switch rest[0] {
        case "compute":
            guard rest[1].hasPrefix("instance.") else { return nil }
            return (.server, rest[1].dropFirst("instance.".count))
        case "instance":
            return (.server, rest[1])
        case "octavia":
            guard rest[1].hasPrefix("loadbalancer.") else { return nil }
            return (.loadBalancer, rest[1].dropFirst("loadbalancer.".count))
        case "image":
            return (.image, rest[1])
        default:
            if let kind = BlockStorageKind(rawValue: String(rest[0])) { return (.blockStorage(kind), rest[1]) }
            if let kind = NetworkingKind(rawValue: String(rest[0])) { return (.networking(kind), rest[1]) }
            return nil
        }
    }

    /// Times that are believed: a service with its clock outside of this century bills nobody.
    static let times = Instant.believable
    /// Sizes and counts that are believed; OpenStack's databases keep them in 32-bit columns.
    static let counts: ClosedRange<Int64> = 0...Int64(Int32.max)

    /// The time in a field; nil for an absent, empty, unreadable or unbelievable one.
    func time(_ key: String, in object: JSONNode? = nil) -> Instant? {
        guard let text = text(key, in: object), let time = Instant(text), Self.times.contains(time) else { return nil }
        return time
    }

    /// The text in a field; nil for an absent, empty or other one.
    ///
    /// Neutron and Nova write an empty text for nothing. The database's text can't hold U+0000, for which the replacement
    /// character then stands: a tenant's name must not keep a server off the bill.
    func text(_ key: String, in object: JSONNode? = nil) -> String? {
        guard let text = (object ?? payload)[key]?.string, !text.isEmpty else { return nil }
        return text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// The number in a field; nil for an absent, other or unbelievable one.
    func count(_ key: String, in object: JSONNode? = nil) -> Int64? {
        guard let number = (object ?? payload)[key]?.int, Self.counts.contains(number) else { return nil }
        return number
    }

    /// A fact of this notification.
    func fact(
        _ type: ResourceType, _ id: String, standing: UsageFact.Standing, isLandmark: Bool, start: UsageFact.Start?,
        end: UsageFact.End?, changed: Instant? = nil, attributes: UsageAttributes
    ) -> UsageFact {
        UsageFact(
            messageID: messageID, eventType: eventType, generated: generated, resourceType: type,
            resourceID: ResourceID(id), standing: standing, isLandmark: isLandmark, start: start, end: end,
            changed: changed, attributes: attributes)
    }
}
