internal import JSON
package import Postgres
package import Telemetry

/// Which notifications were taken in, and the events made of them (schema `event`).
///
/// All functions run inside the caller's transaction.
package struct EventStore: Sendable {
    package init() {}

    // MARK: Writing

    /// Decides about notifications in their order, and notes the new ones for good.
    ///
    /// One decision per fingerprint, in their order. Of two with the same id in one call the first one counts. Waits for
    /// another transaction that has just noted the same id.
    package func admit(
        _ messages: [MessageFingerprint], in db: isolated Session
    ) throws -> [MessageAdmission] {
        guard !messages.isEmpty else { return [] }
        // In the order of ids, so that two transactions with the same ids wait for each other only one way.
        let first = Dictionary(messages.map { ($0.messageID, $0.payloadHash) }, uniquingKeysWith: { first, _ in first })
        let ids = first.keys.sorted()
        let new = Set(
            try db.query(
                """
                INSERT INTO event.message (message_id, payload_hash)
                SELECT * FROM unnest(\(ids.map(\.text)), \(ids.map { first[$0] ?? [] }))
                ON CONFLICT (message_id) DO NOTHING
                RETURNING message_id
                """
            ) { MessageID(try $0["message_id", as: String.self]) })
        let known = try hashes(of: ids.filter { !new.contains($0) }, in: db)
        var seen: Set<MessageID> = []
        return messages.map { message in
            let isFirst = seen.insert(message.messageID).inserted
            if isFirst, new.contains(message.messageID) { return .admitted }
            let stored = known[message.messageID] ?? first[message.messageID]
            return stored == message.payloadHash ? .duplicate : .conflicting
        }
    }

    private func hashes(of ids: [MessageID], in db: isolated Session) throws -> [MessageID: [UInt8]] {
        guard !ids.isEmpty else { return [:] }
        let rows = try db.query(
            "SELECT message_id, payload_hash FROM event.message WHERE message_id = ANY(\(ids.map(\.text)))"
        ) { (MessageID(try $0["message_id", as: String.self]), try $0["payload_hash", as: [UInt8].self]) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Stores the events of notifications that were just admitted.
    package func insert(_ events: [Event], in db: isolated Session) throws {
        guard !events.isEmpty else { return }
        try db.execute(
            """
            INSERT INTO event.event (message_id, event_type, generated_at, traits)
            SELECT * FROM unnest(
                \(events.map(\.messageID.text)), \(events.map { EventTraits.clean($0.eventType) }),
                \(events.map { Timestamp(nanoseconds: $0.generated.nanoseconds) }),
                \(events.map { EventTraits.document($0.traits) }))
            """)
    }

    /// Deletes events that were generated before this, the oldest first and so many at most; their notifications stay known.
    ///
    /// - Returns: how many there were; with as many as the limit there may be more.
    package func prune(before instant: Instant, limit: Int, in db: isolated Session) throws -> Int {
        try db.execute(
            """
            DELETE FROM event.event
             WHERE message_id IN (SELECT message_id FROM event.event WHERE generated_at < \(instant)
                                   ORDER BY generated_at, message_id LIMIT \(limit))
            """)
    }

    // MARK: Reading

    /// The events that meet a query, in its order.
    package func events(_ query: EventQuery, in db: isolated Session) throws -> [Event] {
        let conditions = EventConditions(query).sql
        let order: SQL =
            query.order == .oldestFirst ? "generated_at, message_id" : "generated_at DESC, message_id DESC"
        return try db.query(
            """
            SELECT message_id, event_type, generated_at, traits FROM event.event
             WHERE \(conditions) ORDER BY \(order) LIMIT \(query.limit)
            """, Event.init(row:))
    }

    /// One event; nil where the notification made none, or was never seen.
    package func event(_ id: MessageID, in db: isolated Session) throws -> Event? {
        try db.queryOne(
            "SELECT message_id, event_type, generated_at, traits FROM event.event WHERE message_id = \(id.text)",
            Event.init(row:))
    }

    /// The types of all events, sorted.
    ///
    /// Jumps from one to the next in the index instead of reading all events.
    package func eventTypes(in db: isolated Session) throws -> [String] {
        try db.query(
            """
            WITH RECURSIVE known AS (
                (SELECT event_type FROM event.event ORDER BY event_type USING ~<~ LIMIT 1)
                UNION ALL
                SELECT (SELECT event_type FROM event.event WHERE event_type ~>~ known.event_type
                         ORDER BY event_type USING ~<~ LIMIT 1)
                  FROM known WHERE known.event_type IS NOT NULL)
            SELECT event_type FROM known WHERE event_type IS NOT NULL
            """
        ) { try $0["event_type", as: String.self] }
    }

    /// The traits that events of a type have, by the newest of them.
    package func traits(ofType eventType: String, in db: isolated Session) throws -> [TraitDescription] {
        let rows = try db.query(
            """
            SELECT DISTINCT trait.key AS name, type.key AS type
              FROM (SELECT traits FROM event.event WHERE event_type = \(eventType)
                     ORDER BY generated_at DESC LIMIT \(Self.traitSampleLimit)) AS sample,
                   jsonb_each(sample.traits) AS trait, jsonb_each(trait.value) AS type
             ORDER BY 1, 2
            """
        ) { (try $0["name", as: String.self], try $0["type", as: String.self]) }
        return try rows.map { name, typeName in
            guard let type = TraitType.allCases.first(where: { $0.name == typeName }) else {
                throw EventStoreError.malformedTraits
            }
            return TraitDescription(name: name, type: type)
        }
    }

    /// So many of the newest events tell which traits a type has.
    private static let traitSampleLimit = 1_000
}

extension Event {
    init(row: borrowing Row) throws {
        let generated = try row["generated_at", as: Timestamp.self]
        guard let nanoseconds = generated.nanoseconds else { throw EventStoreError.malformedTraits }
        self.init(
            messageID: MessageID(try row["message_id", as: String.self]),
            eventType: try row["event_type", as: String.self], generated: Instant(nanoseconds: nanoseconds),
            traits: try EventTraits.traits(row["traits", as: JSONB.self]))
    }
}
