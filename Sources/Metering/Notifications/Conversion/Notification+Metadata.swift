import JSON

extension Notification {
    /// The metadata of samples that have none of their own: the whole payload, the event's type and the publisher.
    var payloadMetadata: [JSONValue.Member] {
        var members = payload.value.members ?? []
        members.set("event_type", .string(eventType))
        members.set("host", publisherID.map(JSONValue.string) ?? .null)
        return members
    }
}

extension [JSONValue.Member] {
    /// Puts a value in the place of the key's, or at the end.
    mutating func set(_ key: String, _ value: JSONValue) {
        if let place = firstIndex(where: { $0.key.isExactly(key) }) {
            self[place] = .init(key, value)
        } else {
            append(.init(key, value))
        }
    }
}
