package import Postgres
package import Telemetry

/// Which batches of the collectors have been taken in, so that one that was sent twice counts once.
///
/// A collector numbers its batches within an epoch, and a host's batches come in order on one partition. Epochs are kept apart, because a
/// spool may deliver the last batches of an earlier one after the first of a later.
package struct AgentSequenceStore: Sendable {
    package init() {}

    /// The three that name a batch.
    package struct BatchName: Hashable, Sendable {
        package let host: HostName
        package let epoch: UInt64
        package let sequence: UInt64

        package init(host: HostName, epoch: UInt64, sequence: UInt64) {
            self.host = host
            self.epoch = epoch
            self.sequence = sequence
        }

        package init(_ batch: SampleBatch) {
            self.init(host: batch.host, epoch: batch.epoch, sequence: batch.sequence)
        }
    }

    package enum Admission: Hashable, Sendable {
        /// New; `missed` batches before it never came, which the collector's spool has counted as dropped.
        case admitted(missed: UInt64)
        case repeated
        /// Its numbers are beyond 2⁶³, which no clock and no count reaches before 2262.
        case malformed
    }

    /// Decides about batches in the order of their arrival and remembers the admitted ones.
    package func admit(_ batches: [BatchName], in db: isolated Session) throws -> [Admission] {
        var last = try lastSequences(of: batches, in: db)
        var touched: Set<Incarnation> = []
        let admissions = batches.map { batch -> Admission in
            guard let incarnation = Incarnation(batch), let sequence = Int64(exactly: batch.sequence) else {
                return .malformed
            }
            guard let previous = last[incarnation] else {
                last[incarnation] = sequence
                touched.insert(incarnation)
                return .admitted(missed: batch.sequence)
            }
            guard sequence > previous else { return .repeated }
            last[incarnation] = sequence
            touched.insert(incarnation)
            return .admitted(missed: UInt64(sequence - previous - 1))
        }
        try remember(touched.map { ($0, last[$0] ?? 0) }, in: db)
        return admissions
    }

    /// Forgets incarnations that were last heard of before `instant`; a batch of one that comes after that counts again, so this is
    /// to lie well beyond what a topic and a spool keep.
    package func forget(before instant: Instant, in db: isolated Session) throws -> Int {
        try db.execute("DELETE FROM ingest.agent_sequence WHERE seen_at < \(instant)")
    }

    private func lastSequences(of batches: [BatchName], in db: isolated Session) throws -> [Incarnation: Int64] {
        let wanted = Array(Set(batches.compactMap(Incarnation.init)))
        let rows = try db.query(
            """
            SELECT host, epoch, sequence FROM ingest.agent_sequence
             WHERE (host, epoch) IN (SELECT * FROM unnest(\(wanted.map(\.host)), \(wanted.map(\.epoch))))
            """
        ) { row in
            (Incarnation(host: try row["host"], epoch: try row["epoch"]), try row["sequence", as: Int64.self])
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func remember(_ sequences: [(Incarnation, Int64)], in db: isolated Session) throws {
        guard !sequences.isEmpty else { return }
        // In one order everywhere, so that two transactions can't wait for each other.
        let sorted = sequences.sorted { ($0.0.host, $0.0.epoch) < ($1.0.host, $1.0.epoch) }
        try db.execute(
            """
            INSERT INTO ingest.agent_sequence (host, epoch, sequence)
            SELECT * FROM unnest(\(sorted.map(\.0.host)), \(sorted.map(\.0.epoch)), \(sorted.map(\.1)))
            ON CONFLICT (host, epoch) DO UPDATE
               SET sequence = GREATEST(agent_sequence.sequence, excluded.sequence), seen_at = now()
            """)
    }

    private struct Incarnation: Hashable {
        let host: HostName
        let epoch: Int64

        init(host: HostName, epoch: Int64) {
            self.host = host
            self.epoch = epoch
        }

        init?(_ batch: BatchName) {
            guard let epoch = Int64(exactly: batch.epoch) else { return nil }
            self.init(host: batch.host, epoch: epoch)
        }
    }
}
