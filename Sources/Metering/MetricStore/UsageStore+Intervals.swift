import Postgres
import Telemetry
import Usage

/// The SQL of `usage.interval`.
extension UsageStore {
    func intervals(
        of subjects: [UsageSubject], in session: isolated Session
    ) throws -> [UsageSubject: [UsageInterval]] {
        let intervals = try session.query(
            """
            SELECT \(Self.intervalColumns) FROM usage.interval
            WHERE (resource_type, resource_id)
                IN (SELECT * FROM unnest(\(subjects.map(\.type)), \(subjects.map(\.id))))
            """
        ) { row in try UsageInterval(row) }
        return Dictionary(grouping: intervals, by: UsageSubject.init)
    }

    /// The interval of each resource that has no end yet.
    func openIntervals(
        of subjects: [UsageSubject], in session: isolated Session
    ) throws -> [UsageSubject: UsageInterval] {
        let intervals = try session.query(
            """
            SELECT \(Self.intervalColumns) FROM usage.interval
            WHERE to_at IS NULL AND (resource_type, resource_id)
                IN (SELECT * FROM unnest(\(subjects.map(\.type)), \(subjects.map(\.id))))
            """
        ) { row in try UsageInterval(row) }
        return Dictionary(intervals.map { (UsageSubject($0), $0) }) { first, _ in first }
    }

    func delete(_ intervals: [UsageInterval], in session: isolated Session) throws {
        guard !intervals.isEmpty else { return }
        try session.execute(
            """
            DELETE FROM usage.interval
            WHERE (resource_type, resource_id, from_at) IN (
                SELECT * FROM unnest(
                    \(intervals.map(\.resourceType)), \(intervals.map(\.resourceID)),
                    \(intervals.map(\.from))))
            """)
    }

    func insert(_ intervals: [UsageInterval], in session: isolated Session) throws {
        guard !intervals.isEmpty else { return }
        let attributes = intervals.map(\.attributes)
        let flavors = attributes.map(\.flavor)
        try session.execute(
            """
            INSERT INTO usage.interval (\(Self.intervalColumns))
            SELECT * FROM unnest(
                \(intervals.map(\.resourceType)), \(intervals.map(\.resourceID)),
                \(intervals.map(\.from)), \(intervals.map(\.to)),
                \(attributes.map(\.state)), \(attributes.map(\.projectID)), \(attributes.map(\.userID)),
                \(attributes.map(\.host)), \(flavors.map(\.?.name)), \(flavors.map(\.?.vcpus)),
                \(flavors.map(\.?.memoryMiB)), \(flavors.map(\.?.rootGiB)), \(flavors.map(\.?.ephemeralGiB)),
                \(attributes.map(\.sizeBytes)), \(attributes.map(\.type)), \(intervals.map(\.openedBy)),
                \(intervals.map(\.closedBy)), \(intervals.map(\.isAudited)))
            """)
    }

    static let intervalColumns: SQL = """
        resource_type, resource_id, from_at, to_at, state, project_id, user_id, host, flavor_name, flavor_vcpus,
        flavor_memory_mib, flavor_root_gib, flavor_ephemeral_gib, size_bytes, type, opened_by, closed_by, is_audited
        """
}

extension UsageInterval {
    init(_ row: borrowing Row) throws {
        self.init(
            resourceType: try row.decode(at: "resource_type"),
            resourceID: try row.decode(at: "resource_id"), from: try row.decode(at: "from_at"),
            to: try row.decode(at: "to_at"),
            attributes: try UsageAttributes(row),
            openedBy: try row.decode(at: "opened_by"),
            closedBy: try row.decode(at: "closed_by"),
            isAudited: try row.decode(at: "is_audited"))
    }
}

extension UsageAttributes {
    /// The attributes in a row of either table.
    init(_ row: borrowing Row) throws {
        self.init(
            state: try row.decode(at: "state"),
            projectID: try row.decode(at: "project_id"),
            userID: try row.decode(at: "user_id"),
            host: try row.decode(at: "host"), flavor: try UsageFlavor(row),
            sizeBytes: try row.decode(at: "size_bytes"), type: try row.decode(at: "type"))
    }
}

extension UsageFlavor {
    fileprivate init?(_ row: borrowing Row) throws {
        guard let name = try row.decode(String?.self, at: "flavor_name") else { return nil }
        self.init(
            name: name, vcpus: try row.decode(at: "flavor_vcpus"), memoryMiB: try row.decode(at: "flavor_memory_mib"),
            rootGiB: try row.decode(at: "flavor_root_gib"), ephemeralGiB: try row.decode(at: "flavor_ephemeral_gib"))
    }
}
