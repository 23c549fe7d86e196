import JSON
package import Postgres
import Telemetry

/// The registry of resources: `metric.resource` and its history.
package struct ResourceStore: Sendable {
    /// How far a mere confirmation may lie ahead of the stored one before it is written: a write per resource and poll would cost more
    /// than the measures do.
    static let confirmationInterval = Duration.seconds(300)

    package init() {}

    /// Stores what observations tell, in any order of time.
    ///
    /// The cache is to `learn(_:)` the result after the transaction has committed.
    package func observe(
        _ observations: [ResourceObservation], knowing cache: ResourceCache, in db: isolated Session
    ) throws -> ObservedResources {
        var observed = ObservedResources()
        var pending: [ResourceID: [ResourceObservation]] = [:]
        for observation in observations {
            if let number = cache.numberIfUnchanged(observation) {
                observed.know(observation.id, number)
            } else {
                pending[observation.id, default: []].append(observation)
            }
        }
        guard !pending.isEmpty else { return observed }
        for id in pending.keys { pending[id]?.sort { $0.at < $1.at } }
        let ids = pending.keys.sorted()
        // Most are there and unchanged: they are compared without a lock first.
        var stored = try timelines(of: ids, locking: false, in: db)
        let missing = ids.filter { stored[$0] == nil }
        if !missing.isEmpty { try insert(missing.compactMap { pending[$0]?.first }, in: db) }
        let changed = ids.filter { id in stored[id]?.isChanged(by: pending[id] ?? []) ?? true }
        if !changed.isEmpty {
            let locked = try timelines(of: changed, locking: true, in: db)
            try update(locked, with: pending, in: db)
            stored.merge(locked) { _, new in new }
        }
        for id in ids {
            guard let number = stored[id]?.number, let last = pending[id]?.last else { continue }
            observed.store(last, number)
        }
        return observed
    }

    /// Ends what belongs to resources that have ended, where it has no end yet.
    package func end(_ ends: [AssociatedEnd], in db: isolated Session) throws {
        // An attribute at a time: the planner finds its index only if the name is one value.
        for (attribute, ends) in Dictionary(grouping: ends, by: \.attribute).sorted(by: { $0.key < $1.key }) {
            try db.execute(
                """
                WITH found AS (
                    SELECT resource_number, at
                      FROM unnest(\(ends.map(\.type)), \(ends.map(\.value)), \(ends.map(\.at))) AS new (type, value, at)
                      JOIN metric.resource ON attributes ->> \(attribute) = value AND resource_type = type
                     WHERE ended_at IS NULL AND (started_at IS NULL OR started_at <= at)
                     ORDER BY resource_id
                       FOR NO KEY UPDATE OF resource)
                UPDATE metric.resource AS old SET ended_at = found.at
                  FROM found WHERE old.resource_number = found.resource_number
                """)
        }
    }

    private func update(
        _ stored: [ResourceID: StoredResource], with observations: [ResourceID: [ResourceObservation]],
        in db: isolated Session
    ) throws {
        var resources: [StoredResource] = []
        for (id, resource) in stored.sorted(by: { $0.key < $1.key }) {
            var resource = resource
            for observation in observations[id] ?? [] { resource.timeline.observe(observation) }
            resources.append(resource)
        }
        try updatePresent(resources, in: db)
        try rewriteHistory(resources, in: db)
    }

    // MARK: Statements

    private func timelines(
        of ids: [ResourceID], locking: Bool, in db: isolated Session
    ) throws -> [ResourceID: StoredResource] {
        // Not FOR UPDATE: a new metric of a resource that somebody changes need not wait, for its key stays.
        let lock: SQL = locking ? "ORDER BY resource_id FOR NO KEY UPDATE" : ""
        let present = try db.query(
            """
            SELECT resource_number, resource_id, resource_type, project_id, user_id, attributes, revision_start_at, observed_at,
                   NULL::timestamptz AS revision_end_at, started_at, ended_at
              FROM metric.resource WHERE resource_id = ANY(\(ids)) \(lock)
            """
        ) { row in
            StoredResource(
                number: ResourceNumber(try row["resource_number"]), id: try row["resource_id"],
                timeline: ResourceTimeline(
                    revisions: [try ResourceRevision(row)], startedAt: try row["started_at"],
                    endedAt: try row["ended_at"]),
                storedHistory: [])
        }
        var resources = Dictionary(uniqueKeysWithValues: present.map { ($0.id, $0) })
        guard locking else { return resources }
        for (number, history) in try history(of: present.map(\.number), in: db) {
            guard let resource = present.first(where: { $0.number == number }) else { continue }
            resources[resource.id] = StoredResource(
                number: number, id: resource.id,
                timeline: ResourceTimeline(
                    revisions: history + [resource.timeline.present], startedAt: resource.timeline.startedAt,
                    endedAt: resource.timeline.endedAt),
                storedHistory: history)
        }
        return resources
    }

    /// The earlier revisions of resources, in order of time.
    package func history(
        of resources: [ResourceNumber], in db: isolated Session
    ) throws -> [ResourceNumber: [ResourceRevision]] {
        let rows = try db.query(
            """
            SELECT resource_number, resource_type, project_id, user_id, attributes, revision_start_at, revision_end_at, observed_at
              FROM metric.resource_history WHERE resource_number = ANY(\(resources.map(\.number)))
             ORDER BY resource_number, revision_start_at
            """
        ) { row in (ResourceNumber(try row["resource_number"]), try ResourceRevision(row)) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    private func insert(_ observations: [ResourceObservation], in db: isolated Session) throws {
        let facts = observations.map(ResourceFacts.init)
        try db.execute(
            """
            INSERT INTO metric.resource
                   (resource_id, resource_type, project_id, user_id, attributes, revision_start_at, observed_at, started_at, ended_at)
            SELECT id, type, project, owner, attributes, at, at, started_at, ended_at
              FROM unnest(\(observations.map(\.id)), \(facts.map(\.type)), \(facts.map(\.projectID)), \(facts.map(\.userID)),
                          \(facts.map { JSONB($0.attributes.json.text) }), \(observations.map(\.at)),
                          \(observations.map(\.startedAt)), \(observations.map(\.endedAt)))
                   AS new (id, type, project, owner, attributes, at, started_at, ended_at)
             ORDER BY id
            ON CONFLICT (resource_id) DO NOTHING
            """)
    }

    private func updatePresent(_ resources: [StoredResource], in db: isolated Session) throws {
        let present = resources.map(\.timeline.present)
        try db.execute(
            """
            UPDATE metric.resource AS old
               SET resource_type = new.type, project_id = new.project, user_id = new.owner, attributes = new.attributes,
                   revision_start_at = new.start_at, observed_at = new.observed_at, started_at = new.started_at, ended_at = new.ended_at
              FROM unnest(\(resources.map(\.number.number)), \(present.map(\.facts.type)), \(present.map(\.facts.projectID)),
                          \(present.map(\.facts.userID)), \(present.map { JSONB($0.facts.attributes.json.text) }),
                          \(present.map(\.start)), \(present.map(\.observedAt)),
                          \(resources.map(\.timeline.startedAt)), \(resources.map(\.timeline.endedAt)))
                   AS new (number, type, project, owner, attributes, start_at, observed_at, started_at, ended_at)
             WHERE old.resource_number = new.number
            """)
    }

    /// Replaces the revisions that are not the same as before; commonly one is added.
    private func rewriteHistory(_ resources: [StoredResource], in db: isolated Session) throws {
        var removed: [(ResourceNumber, ResourceRevision)] = []
        var added: [(ResourceNumber, ResourceRevision)] = []
        for resource in resources {
            let history = Array(resource.timeline.revisions.dropLast())
            removed += resource.storedHistory.filter { !history.contains($0) }.map { (resource.number, $0) }
            added += history.filter { !resource.storedHistory.contains($0) }.map { (resource.number, $0) }
        }
        if !removed.isEmpty {
            try db.execute(
                """
                DELETE FROM metric.resource_history
                 WHERE (resource_number, revision_start_at)
                       IN (SELECT * FROM unnest(\(removed.map(\.0.number)), \(removed.map(\.1.start))))
                """)
        }
        if !added.isEmpty {
            try db.execute(
                """
                INSERT INTO metric.resource_history
                       (resource_number, revision_start_at, revision_end_at, observed_at, resource_type, project_id, user_id, attributes)
                SELECT * FROM unnest(\(added.map(\.0.number)), \(added.map(\.1.start)), \(added.map(\.1.end)),
                                     \(added.map(\.1.observedAt)), \(added.map(\.1.facts.type)), \(added.map(\.1.facts.projectID)),
                                     \(added.map(\.1.facts.userID)), \(added.map { JSONB($0.1.facts.attributes.json.text) }))
                """)
        }
    }
}

/// A resource as it stands in the store.
struct StoredResource {
    let number: ResourceNumber
    let id: ResourceID
    var timeline: ResourceTimeline
    let storedHistory: [ResourceRevision]

    /// Whether observations would change what is stored, a small step of the confirmation apart.
    func isChanged(by observations: [ResourceObservation]) -> Bool {
        var changed = timeline
        for observation in observations { changed.observe(observation) }
        let (before, after) = (timeline.present, changed.present)
        return changed.revisions.count != timeline.revisions.count || before.facts != after.facts
            || before.start != after.start || after.observedAt - before.observedAt >= ResourceStore.confirmationInterval
            || changed.startedAt != timeline.startedAt || changed.endedAt != timeline.endedAt
    }
}

extension ResourceRevision {
    init(_ row: borrowing Row) throws {
        self.init(
            facts: ResourceFacts(
                type: try row["resource_type"], projectID: try row["project_id"], userID: try row["user_id"],
                attributes: try ResourceAttributes(jsonb: try row["attributes", as: JSONB.self].text)),
            start: try row["revision_start_at"], end: try row["revision_end_at"], observedAt: try row["observed_at"])
    }
}
