import Postgres
import Telemetry
import Usage

/// The SQL of `usage.fact`.
extension UsageStore {
    /// Adds what is not there yet, and returns the resources about which something is new.
    func insert(_ facts: [UsageFact], in session: isolated Session) throws -> [UsageSubject] {
        let flavors = facts.map(\.attributes.flavor)
        let rows = try session.query(
            """
            WITH added AS (
                INSERT INTO usage.fact (
                    resource_type, resource_id, message_id, event_type, generated_at, standing, is_landmark, start_kind,
                    start_at, end_kind, end_at, changed_at, state, project_id, user_id, host, flavor_name, flavor_vcpus,
                    flavor_memory_mib, flavor_root_gib, flavor_ephemeral_gib, size_bytes, type)
                SELECT * FROM unnest(
                    \(facts.map(\.resourceType)), \(facts.map(\.resourceID)), \(facts.map(\.messageID)),
                    \(facts.map(\.eventType)), \(facts.map(\.generated)),
                    \(facts.map(\.standing.rawValue)), \(facts.map(\.isLandmark)),
                    \(facts.map { $0.start?.kind }), \(facts.map { $0.start?.at }),
                    \(facts.map { $0.end?.kind }), \(facts.map { $0.end?.at }),
                    \(facts.map(\.changed)), \(facts.map(\.attributes.state)),
                    \(facts.map(\.attributes.projectID)), \(facts.map(\.attributes.userID)),
                    \(facts.map(\.attributes.host)), \(flavors.map(\.?.name)), \(flavors.map(\.?.vcpus)),
                    \(flavors.map(\.?.memoryMiB)), \(flavors.map(\.?.rootGiB)), \(flavors.map(\.?.ephemeralGiB)),
                    \(facts.map(\.attributes.sizeBytes)), \(facts.map(\.attributes.type)))
                ON CONFLICT DO NOTHING
                RETURNING resource_type, resource_id)
            SELECT DISTINCT resource_type, resource_id FROM added
            """
        ) { row in try UsageSubject(row) }
        return rows
    }

    /// All facts about some resources.
    func facts(
        about subjects: [UsageSubject], in session: isolated Session
    ) throws -> [UsageSubject: [UsageFact]] {
        let facts = try session.query(
            """
            SELECT \(Self.factColumns) FROM usage.fact
            WHERE (resource_type, resource_id)
                IN (SELECT * FROM unnest(\(subjects.map(\.type)), \(subjects.map(\.id))))
            """
        ) { row in try UsageFact(row) }
        return Dictionary(grouping: facts, by: UsageSubject.init)
    }

    /// The newest fact about each resource; of several of one instant the one with the last id.
    func newestFacts(
        about subjects: [UsageSubject], in session: isolated Session
    ) throws -> [UsageSubject: UsageFact] {
        let facts = try session.query(
            """
            SELECT newest.* FROM unnest(\(subjects.map(\.type)), \(subjects.map(\.id))) AS wanted (type, id)
             CROSS JOIN LATERAL (
                 SELECT \(Self.factColumns) FROM usage.fact
                  WHERE fact.resource_id = wanted.id AND fact.resource_type = wanted.type
                  ORDER BY generated_at DESC, message_id DESC LIMIT 1) AS newest
            """
        ) { row in try UsageFact(row) }
        return Dictionary(facts.map { (UsageSubject($0), $0) }) { first, _ in first }
    }

    static let factColumns: SQL = """
        resource_type, resource_id, message_id, event_type, generated_at, standing, is_landmark, start_kind, start_at,
        end_kind, end_at, changed_at, state, project_id, user_id, host, flavor_name, flavor_vcpus, flavor_memory_mib,
        flavor_root_gib, flavor_ephemeral_gib, size_bytes, type
        """
}

extension UsageSubject {
    init(_ row: borrowing Row) throws {
        self.init(
            type: try row.decode(at: "resource_type"), id: try row.decode(at: "resource_id"))
    }
}

extension UsageFact {
    /// The fact as the database gives it back, as far as it is compared.
    var cutToMicrosecond: UsageFact {
        let start: Start? =
            switch start {
            case .stated(let at): .stated(at.cutToMicrosecond)
            case .presumed(let at): .presumed(at.cutToMicrosecond)
            case .pending, .denied, nil: start
            }
        return UsageFact(
            messageID: messageID, eventType: eventType, generated: generated.cutToMicrosecond,
            resourceType: resourceType, resourceID: resourceID, standing: standing, isLandmark: isLandmark,
            start: start, end: end, changed: changed, attributes: attributes)
    }

    init(_ row: borrowing Row) throws {
        let startAt: Instant? = try row.decode(at: "start_at")
        let endAt: Instant? = try row.decode(at: "end_at")
        let standing: String = try row.decode(at: "standing")
        guard let standing = Standing(rawValue: standing) else {
            throw UsageStoreError.unreadable(column: "standing", value: standing)
        }
        self.init(
            messageID: try row.decode(at: "message_id"), eventType: try row.decode(at: "event_type"),
            generated: try row.decode(at: "generated_at"),
            resourceType: try row.decode(at: "resource_type"),
            resourceID: try row.decode(at: "resource_id"), standing: standing,
            isLandmark: try row.decode(at: "is_landmark"),
            start: try Start(kind: row.decode(at: "start_kind"), at: startAt),
            end: try End(kind: row.decode(at: "end_kind"), at: endAt),
            changed: try row.decode(at: "changed_at"),
            attributes: try UsageAttributes(row))
    }
}

extension UsageFact.Start {
    fileprivate var kind: String {
        switch self {
        case .stated: "stated"
        case .presumed: "presumed"
        case .pending: "pending"
        case .denied: "denied"
        }
    }

    fileprivate var at: Instant? {
        switch self {
        case .stated(let at), .presumed(let at): at
        case .pending, .denied: nil
        }
    }

    fileprivate init?(kind: String?, at: Instant?) throws {
        switch (kind, at) {
        case (nil, _): return nil
        case ("stated", let at?): self = .stated(at)
        case ("presumed", let at?): self = .presumed(at)
        case ("pending", _): self = .pending
        case ("denied", _): self = .denied
        case (let kind?, _): throw UsageStoreError.unreadable(column: "start_kind", value: kind)
        }
    }
}

extension UsageFact.End {
    fileprivate var kind: String {
        switch self {
        case .stated: "stated"
        case .noticed: "noticed"
        case .passed: "passed"
        }
    }

    fileprivate var at: Instant? {
        switch self {
        case .stated(let at), .noticed(let at): at
        case .passed: nil
        }
    }

    fileprivate init?(kind: String?, at: Instant?) throws {
        switch (kind, at) {
        case (nil, _): return nil
        case ("stated", let at?): self = .stated(at)
        case ("noticed", let at?): self = .noticed(at)
        case ("passed", _): self = .passed
        case (let kind?, _): throw UsageStoreError.unreadable(column: "end_kind", value: kind)
        }
    }
}
