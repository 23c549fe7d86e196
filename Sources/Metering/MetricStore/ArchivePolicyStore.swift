package import Aggregation
package import Postgres
package import Telemetry

/// The archive policies of the store: `metric.archive_policy` and its definitions.
///
/// The file is where policies are written; here they are kept because the stored metrics depend on them, also on such as the file
/// has dropped.
package struct ArchivePolicyStore: Sendable {
    package init() {}

    /// Stores policies that are new, and of known ones what may change: how many points and raw measures are kept, and the
    /// back window.
    ///
    /// - Throws: `ArchivePolicyConflict` where a known policy has other granularities or methods: windows that are stored would
    ///   lack them. Such a change needs a policy of another name.
    package func register(_ policies: some Collection<ArchivePolicy>, in db: isolated Session) throws {
        let known = try all(in: db)
        for policy in policies.sorted(by: { $0.name < $1.name }) {
            if let stored = known.values.first(where: { $0.name == policy.name }) {
                let isSameShape =
                    stored.methods == policy.methods
                    && stored.definitions.map(\.granularity) == policy.definitions.map(\.granularity)
                guard isSameShape else { throw ArchivePolicyConflict(stored: stored, wanted: policy) }
                guard stored != policy else { continue }
            }
            try store(policy, in: db)
        }
    }

    /// All policies of the store by their numbers.
    package func all(in db: isolated Session) throws -> [ArchivePolicyID: ArchivePolicy] {
        let rows = try db.query(
            """
            SELECT archive_policy_id, name, back_window, methods, raw_timespan_ns, granularity_ns, points
              FROM metric.archive_policy JOIN metric.archive_definition USING (archive_policy_id)
             ORDER BY archive_policy_id, granularity_ns
            """, DefinitionRow.init)
        return try Dictionary(grouping: rows, by: \.id).mapValues { rows in
            try ArchivePolicy(
                name: rows[0].name, backWindow: rows[0].backWindow,
                definitions: try rows.map {
                    try ArchiveDefinition(granularity: .nanoseconds($0.granularity), points: $0.points)
                },
                methods: try rows[0].methods.map { text in
                    guard let method = AggregationMethod(text) else { throw ArchivePolicyError.methodUnknown(text) }
                    return method
                },
                rawTimespan: .nanoseconds(rows[0].rawTimespan))
        }
    }

    /// How late measures are accepted under each policy: as long as measures are kept, but none from before measures were dropped
    /// under a shorter time, for the windows of that time can't be made anew.
    package func acceptedTimespans(at now: Instant, in db: isolated Session) throws -> [ArchivePolicyID: Duration] {
        let rows = try db.query("SELECT archive_policy_id, raw_timespan_ns, raw_since FROM metric.archive_policy") { row in
            let kept = Duration.nanoseconds(try row["raw_timespan_ns", as: Int64.self])
            let since = try row["raw_since", as: Instant?.self]
            return (
                ArchivePolicyID(number: try row["archive_policy_id"]),
                since.map { max(.zero, min(kept, now - $0)) } ?? kept
            )
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func store(_ policy: ArchivePolicy, in db: isolated Session) throws {
        let ids = try db.query(
            """
            INSERT INTO metric.archive_policy (name, back_window, methods, raw_timespan_ns)
            VALUES (\(policy.name), \(policy.backWindow), \(policy.methods.map(\.description)), \(policy.rawTimespan.nanoseconds))
            ON CONFLICT (name) DO UPDATE
               SET back_window = excluded.back_window, raw_timespan_ns = excluded.raw_timespan_ns,
                   raw_since = CASE WHEN excluded.raw_timespan_ns > archive_policy.raw_timespan_ns
                                    THEN greatest(archive_policy.raw_since,
                                                  now() - archive_policy.raw_timespan_ns / 1000 * interval '1 microsecond')
                                    ELSE archive_policy.raw_since END
            RETURNING archive_policy_id
            """
        ) { ArchivePolicyID(number: try $0["archive_policy_id"]) }
        // The upsert returns its one row in either case.
        for id in ids { try store(policy.definitions, of: id, in: db) }
    }

    private func store(_ definitions: [ArchiveDefinition], of id: ArchivePolicyID, in db: isolated Session) throws {
        try db.execute(
            """
            INSERT INTO metric.archive_definition (archive_policy_id, granularity_ns, points)
            SELECT \(id.number), granularity, points
              FROM unnest(\(definitions.map(\.granularity.nanoseconds)), \(definitions.map(\.points)))
                   AS new (granularity, points)
            ON CONFLICT (archive_policy_id, granularity_ns) DO UPDATE SET points = excluded.points
            """)
    }

    private struct DefinitionRow {
        let id: ArchivePolicyID
        let name: String
        let backWindow: Int
        let methods: [String]
        let rawTimespan: Int64
        let granularity: Int64
        let points: Int

        init(_ row: borrowing Row) throws {
            id = ArchivePolicyID(number: try row["archive_policy_id"])
            name = try row["name"]
            backWindow = try row["back_window"]
            methods = try row["methods"]
            rawTimespan = try row["raw_timespan_ns"]
            granularity = try row["granularity_ns"]
            points = try row["points"]
        }
    }
}

/// The store's number of an archive policy.
package struct ArchivePolicyID: Hashable, Sendable {
    package let number: Int32
}

/// A policy of a known name with other granularities or methods.
package struct ArchivePolicyConflict: Error, Hashable, Sendable, CustomStringConvertible {
    package let stored: ArchivePolicy
    package let wanted: ArchivePolicy

    package var description: String {
        "Archive policy \"\(stored.name)\" is in use with other granularities or methods; give the changed one another name"
    }
}

extension ArchivePolicy {
    /// Days for which chunks of a granularity are kept; the day of a chunk counts from its end, so that none goes early.
    func retentionDays(of definition: ArchiveDefinition) -> Int {
        Self.wholeDays(definition.timespan + definition.granularity)
    }

    /// Days for which the chunks of the measures are kept: beyond the oldest measure that is accepted, by the widest window, so that
    /// a window that such a measure falls into can be folded from all of its measures.
    var rawRetentionDays: Int {
        Self.wholeDays(rawTimespan + definitions.map(\.granularity).reduce(.zero, max))
    }

    private static func wholeDays(_ duration: Duration) -> Int {
        let day = Duration.seconds(86_400).nanoseconds
        return Int((duration.nanoseconds + day - 1) / day)
    }

    /// The definition of a granularity; nil where the policy has none such.
    package func definition(of granularity: Duration) -> ArchiveDefinition? {
        definitions.first { $0.granularity == granularity }
    }
}
