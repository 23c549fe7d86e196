package import Postgres
package import Telemetry

/// Which batches of the collectors have been taken in, so that one that was sent twice counts once.
///
/// A collector numbers its batches within an epoch. Epochs are kept apart, because a spool may deliver the last batches of an
/// earlier one after the first of a later. The order within an epoch does not matter (`SequenceRecord`).
package struct AgentSequenceStore: Sendable {
    package init() {}

    /// The three that name a batch.
    package struct BatchName: Hashable, Sendable {
        package let host: HostName
        package let epoch: Int64
        package let sequence: Int64

        /// Nil for numbers beyond 2⁶³, which no clock and no count reaches before 2262.
        package init?(host: HostName, epoch: UInt64, sequence: UInt64) {
            guard let epoch = Int64(exactly: epoch), let sequence = Int64(exactly: sequence) else { return nil }
            self.host = host
            self.epoch = epoch
            self.sequence = sequence
        }

        package init?(_ batch: SampleBatch) {
            self.init(host: batch.host, epoch: batch.epoch, sequence: batch.sequence)
        }

        fileprivate var incarnation: Incarnation { Incarnation(host: host, epoch: epoch) }
    }

    /// A batch and when it was polled.
    package struct Arrival: Hashable, Sendable {
        package let name: BatchName
        package let polledAt: Instant

        package init(_ name: BatchName, polledAt: Instant) {
            self.name = name
            self.polledAt = polledAt
        }
    }

    package enum Admission: Hashable, Sendable {
        /// New; `missed` batches before it have not come yet, and mostly never will: the collector's spool has dropped them.
        case admitted(missed: UInt64)
        case repeated
    }

    /// Decides about batches in the order of their arrival and remembers the admitted ones.
    ///
    /// Of two transactions with batches of one incarnation the later one waits for the earlier.
    package func admit(_ arrivals: [Arrival], in db: isolated Session) throws -> [Admission] {
        guard !arrivals.isEmpty else { return [] }
        // In one order everywhere, so that two transactions can't wait for each other.
        let incarnations = Set(arrivals.map(\.name.incarnation)).sorted()
        var records = try lockedRecords(of: incarnations, in: db)
        let new = incarnations.filter { records[$0] == nil }
        if !new.isEmpty {
            try insert(new, in: db)
            records.merge(try lockedRecords(of: new, in: db)) { $1 }
        }
        var touched: [Incarnation: Instant?] = [:]
        let admissions = arrivals.map { arrival -> Admission in
            let incarnation = arrival.name.incarnation
            let admission = records[incarnation, default: SequenceRecord()].take(arrival.name.sequence)
            guard admission != .repeated else { return admission }
            let isNewest = records[incarnation]?.last == arrival.name.sequence
            touched[incarnation] = .some(isNewest ? arrival.polledAt : touched[incarnation] ?? nil)
            return admission
        }
        try update(touched.sorted { $0.key < $1.key }.map { ($0.key, records[$0.key] ?? SequenceRecord(), $0.value) }, in: db)
        return admissions
    }

    /// Forgets incarnations that were last heard of before `instant`; a batch of one that comes after that counts again, so this is
    /// to lie well beyond what a topic and a spool keep.
    package func forget(before instant: Instant, in db: isolated Session) throws -> Int {
        try db.execute("DELETE FROM ingest.agent_sequence WHERE seen_at < \(instant)")
    }

    private func lockedRecords(
        of incarnations: [Incarnation], in db: isolated Session
    ) throws -> [Incarnation: SequenceRecord] {
        let rows = try db.query(
            """
            SELECT host, epoch, sequence, missing::text AS missing FROM ingest.agent_sequence
             WHERE (host, epoch) IN (SELECT * FROM unnest(\(incarnations.map(\.host)), \(incarnations.map(\.epoch))))
             ORDER BY host COLLATE "C", epoch
               FOR NO KEY UPDATE
            """
        ) { row in
            let text: String = try row["missing"]
            guard let record = SequenceRecord(last: try row["sequence"], missingText: text) else {
                throw AgentSequenceError.unreadable(text)
            }
            return (Incarnation(host: try row["host"], epoch: try row["epoch"]), record)
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func insert(_ incarnations: [Incarnation], in db: isolated Session) throws {
        try db.execute(
            """
            INSERT INTO ingest.agent_sequence (host, epoch, sequence)
            SELECT host, epoch, \(SequenceRecord().last)
              FROM unnest(\(incarnations.map(\.host)), \(incarnations.map(\.epoch))) AS new (host, epoch)
             ORDER BY host COLLATE "C", epoch
            ON CONFLICT (host, epoch) DO NOTHING
            """)
    }

    private func update(_ records: [(Incarnation, SequenceRecord, Instant?)], in db: isolated Session) throws {
        guard !records.isEmpty else { return }
        try db.execute(
            """
            UPDATE ingest.agent_sequence AS old
               SET sequence = new.sequence, missing = new.missing::int8multirange, seen_at = now(),
                   polled_at = coalesce(new.polled_at, old.polled_at)
              FROM unnest(\(records.map(\.0.host)), \(records.map(\.0.epoch)), \(records.map(\.1.last)),
                          \(records.map(\.1.missingText)), \(records.map(\.2)))
                   AS new (host, epoch, sequence, missing, polled_at)
             WHERE old.host = new.host AND old.epoch = new.epoch
            """)
    }

    fileprivate struct Incarnation: Hashable, Comparable {
        let host: HostName
        let epoch: Int64

        static func < (left: Self, right: Self) -> Bool { (left.host, left.epoch) < (right.host, right.epoch) }
    }
}

/// What was found in the store and can't be so.
package enum AgentSequenceError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String)

    package var description: String {
        switch self {
        case .unreadable(let text): "the column missing of ingest.agent_sequence has the unreadable value \(text)"
        }
    }
}
