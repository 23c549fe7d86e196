import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

@Suite struct OffsetStoreTests {
    private let offsets = OffsetStore(consumerGroup: "ingestion")

    private func advance(_ partition: Int32 = 0, from: Int64?, to: Int64) -> OffsetStore.Advance {
        OffsetStore.Advance(topic: "samples", partition: partition, from: from, to: to)
    }

    @Test("offsets move from where the reader began, and are what the next reader begins with")
    func advancing() async throws {
        try await withStore { database in
            let found = try await database.pool.transaction { db in
                #expect(try offsets.fetch(topic: "samples", partitions: [0, 1], in: db).isEmpty)
                try offsets.advance([advance(0, from: nil, to: 5), advance(1, from: nil, to: 9)], in: db)
                try offsets.advance([advance(0, from: 5, to: 7), advance(2, from: nil, to: 1)], in: db)
                return try offsets.fetch(topic: "samples", partitions: [0, 1, 3], in: db)
            }
            #expect(found == [0: 7, 1: 9])
            let all = try await database.pool.withSession { db in try offsets.all(in: db) }
            #expect(all.map(\.nextOffset) == [7, 9, 1])
            let other = try await database.pool.withSession { db in
                try OffsetStore(consumerGroup: "other").fetch(topic: "samples", partitions: [0], in: db)
            }
            #expect(other.isEmpty)
        }
    }

    @Test(
        "a reader that begins elsewhere than where the offset is gets a conflict, and nothing of its transaction remains",
        arguments: [nil, 4, 6] as [Int64?])
    func zombie(from: Int64?) async throws {
        try await withStore { database in
            try await database.pool.transaction { db in try offsets.advance([advance(from: nil, to: 5)], in: db) }
            let step = advance(from: from, to: 8)
            await #expect(throws: OffsetConflict(consumerGroup: "ingestion", advance: step)) {
                try await database.pool.transaction { db in
                    try offsets.advance([advance(1, from: nil, to: 3)], in: db)
                    try offsets.advance([step], in: db)
                }
            }
            let found = try await database.pool.withSession { db in
                try offsets.fetch(topic: "samples", partitions: [0, 1], in: db)
            }
            #expect(found == [0: 5])
        }
    }

    @Test(
        "of readers that advance one partition at the same time exactly one commits", arguments: [nil, 10] as [Int64?])
    func race(from: Int64?) async throws {
        try await withStore { database in
            if let from {
                try await database.pool.transaction { db in try offsets.advance([advance(from: nil, to: from)], in: db)
                }
            }
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for to in 1...4 {
                    group.addTask {
                        do {
                            try await database.pool.transaction { db in
                                try offsets.advance([advance(from: from, to: 20 + Int64(to))], in: db)
                                try db.execute("SELECT pg_sleep(0.02)")
                            }
                            return true
                        } catch {
                            #expect(error is OffsetConflict)
                            return false
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 1)
        }
    }
}

@Suite struct AgentSequenceStoreTests {
    private func batch(_ host: String, _ epoch: UInt64, _ sequence: UInt64) -> AgentSequenceStore.BatchName {
        AgentSequenceStore.BatchName(host: .init(host), epoch: epoch, sequence: sequence)
    }

    @Test("a batch counts once, whether it is repeated in one transaction or later, and gaps are told")
    func repetition() async throws {
        try await withStore { database in
            let store = AgentSequenceStore()
            let first = try await database.pool.transaction { db in
                try store.admit(
                    [batch("a", 1, 0), batch("a", 1, 1), batch("a", 1, 1), batch("b", 7, 3), batch("a", 1, 5)], in: db)
            }
            #expect(
                first == [
                    .admitted(missed: 0), .admitted(missed: 0), .repeated, .admitted(missed: 3), .admitted(missed: 3),
                ])
            let second = try await database.pool.transaction { db in
                try store.admit([batch("a", 1, 4), batch("a", 1, 5), batch("a", 1, 6), batch("b", 7, 4)], in: db)
            }
            #expect(second == [.repeated, .repeated, .admitted(missed: 0), .admitted(missed: 0)])
        }
    }

    @Test("a batch of an earlier epoch that a spool delivers late is not lost")
    func epochs() async throws {
        try await withStore { database in
            let outcome = try await database.pool.transaction { db in
                try AgentSequenceStore().admit(
                    [batch("a", 1, 0), batch("a", 2, 0), batch("a", 1, 1), batch("a", 2, 0)], in: db)
            }
            #expect(outcome == [.admitted(missed: 0), .admitted(missed: 0), .admitted(missed: 0), .repeated])
        }
    }

    @Test("numbers that no collector can have are refused")
    func malformed() async throws {
        try await withStore { database in
            let outcome = try await database.pool.transaction { db in
                try AgentSequenceStore().admit([batch("a", .max, 0), batch("a", 1, .max)], in: db)
            }
            #expect(outcome == [.malformed, .malformed])
        }
    }
}
