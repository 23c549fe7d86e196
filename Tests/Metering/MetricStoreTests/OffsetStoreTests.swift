import Postgres
import Telemetry
import TestKit
import Testing

@testable import MetricStore

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
    private func batch(_ host: String, _ epoch: UInt64, _ sequence: UInt64) throws -> AgentSequenceStore.Arrival {
        AgentSequenceStore.Arrival(
            try #require(AgentSequenceStore.BatchName(host: .init(host), epoch: epoch, sequence: sequence)),
            polledAt: Instant(seconds: Int64(1_000 + sequence)))
    }

    private func admit(
        _ batches: [AgentSequenceStore.Arrival], _ database: TestDatabase
    ) async throws -> [AgentSequenceStore.Admission] {
        try await database.pool.transaction { db in try AgentSequenceStore().admit(batches, in: db) }
    }

    @Test("a batch counts once, whether it is repeated in one transaction or later, and gaps are told")
    func repetition() async throws {
        try await withStore { database in
            let first = try await admit(
                [batch("a", 1, 0), batch("a", 1, 1), batch("a", 1, 1), batch("b", 7, 3), batch("a", 1, 5)], database)
            #expect(
                first == [
                    .admitted(missed: 0), .admitted(missed: 0), .repeated, .admitted(missed: 3), .admitted(missed: 3),
                ])
            let second = try await admit(
                [batch("a", 1, 1), batch("a", 1, 5), batch("a", 1, 6), batch("b", 7, 4)], database)
            #expect(second == [.repeated, .repeated, .admitted(missed: 0), .admitted(missed: 0)])
        }
    }

    @Test("a batch that comes after a later one of another partition counts, once")
    func disorder() async throws {
        try await withStore { database in
            _ = try await admit([batch("a", 1, 0), batch("a", 1, 7)], database)
            #expect(try await admit([batch("a", 1, 3)], database) == [.admitted(missed: 0)])
            let rest = try await admit(
                [batch("a", 1, 3), batch("a", 1, 2), batch("a", 1, 4), batch("a", 1, 2), batch("a", 1, 7)], database)
            #expect(rest == [.repeated, .admitted(missed: 0), .admitted(missed: 0), .repeated, .repeated])
            let polledAt = try await database.pool.withSession { db in
                try db.queryOne("SELECT polled_at FROM ingest.agent_sequence") { try $0["polled_at", as: Instant.self] }
            }
            #expect(polledAt == Instant(seconds: 1_007))
        }
    }

    @Test("transactions with the same batches at the same time admit each of them once")
    func race() async throws {
        try await withStore { database in
            let batches = try (0..<20).map { try batch("a", 1, UInt64($0)) }
            let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    let shuffled = batches.shuffled()
                    group.addTask { try await admit(shuffled, database).count { $0 != .repeated } }
                }
                return try await group.reduce(0, +)
            }
            #expect(admitted == 20)
        }
    }

    @Test("a batch of an earlier epoch that a spool delivers late is not lost")
    func epochs() async throws {
        try await withStore { database in
            let outcome = try await admit(
                [batch("a", 1, 0), batch("a", 2, 0), batch("a", 1, 1), batch("a", 2, 0)], database)
            #expect(outcome == [.admitted(missed: 0), .admitted(missed: 0), .admitted(missed: 0), .repeated])
        }
    }

    @Test("an incarnation that was silent for long is forgotten")
    func forgetting() async throws {
        try await withStore { database in
            _ = try await admit([batch("a", 1, 0)], database)
            let forgotten = try await database.pool.transaction { db in
                [
                    try AgentSequenceStore().forget(before: Instant(seconds: 0), in: db),
                    try AgentSequenceStore().forget(before: Instant(seconds: 4_000_000_000), in: db),
                ]
            }
            #expect(forgotten == [0, 1])
        }
    }

    @Test("numbers that no collector can have name no batch")
    func malformed() {
        #expect(AgentSequenceStore.BatchName(host: "a", epoch: .max, sequence: 0) == nil)
        #expect(AgentSequenceStore.BatchName(host: "a", epoch: 1, sequence: .max) == nil)
    }
}

@Suite struct SequenceRecordTests {
    @Test("whatever the order, each number is admitted once, and what is missing is what did not come", arguments: 1...50)
    func anyOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let numbers = (0..<60).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }.map { Int64($0) }
        var record = SequenceRecord()
        var seen: Set<Int64> = []
        for number in (numbers + numbers).shuffled(using: &random) {
            let isNew = seen.insert(number).inserted
            #expect((record.take(number) != .repeated) == isNew)
            record = try #require(SequenceRecord(last: record.last, missingText: record.missingText))
        }
        let last = try #require(numbers.max())
        #expect(record.last == last)
        #expect(record.missing.flatMap(Array.init) == (0...last).filter { !seen.contains($0) })
    }

    @Test("a collector that leaves countless gaps costs no more than the limit")
    func limit() {
        var record = SequenceRecord()
        for number in stride(from: Int64(1), to: 10_000, by: 2) { _ = record.take(number) }
        #expect(record.missing.count == SequenceRecord.gapLimit)
        #expect(record.take(0) == .repeated && record.take(9_998) == .admitted(missed: 0))
        #expect(record.take(.max) != .repeated && record.take(.max) == .repeated)
    }

    @Test("texts that PostgreSQL does not write are refused", arguments: ["{[1,2),[3)}", "{[2,2)}", "{[x,2)}".replacing("x", with: "99999999999999999999")])
    func unreadable(text: String) {
        #expect(SequenceRecord(last: 9, missingText: text) == nil)
    }
}
