import Kafka
import Logging
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ConsumerTests {
    /// A mock cluster whose topic `t` holds the texts, on one partition.
    private func cluster(holding texts: [String]) async throws -> MockCluster {
        let cluster = try MockCluster()
        cluster.createTopic("t")
        let producer = try Producer(ProducerSettings(client: cluster.settings), logger: .quiet)
        for result in await producer.send(texts.map { OutgoingMessage(topic: "t", value: Array($0.utf8)) }) {
            _ = try result.get()
        }
        await producer.close(within: .seconds(5))
        return cluster
    }

    private func settings(_ cluster: MockCluster) -> ConsumerSettings {
        ConsumerSettings(client: cluster.settings, group: "g")
    }

    @Test("nothing is delivered before the start offset is given")
    func waitsForStart() async throws {
        let cluster = try await cluster(holding: ["a", "b", "c"])
        let consumer = try Consumer(settings(cluster), logger: .quiet)
        try await consumer.subscribe(["t"])
        let assignment = try await eventually("partitions are assigned", within: .seconds(30)) { () -> Assignment? in
            guard case .assigned(let assignment) = try await consumer.poll(.test, { _ in }) else { return nil }
            return assignment
        }
        for _ in 0..<5 { #expect(try await consumer.poll(.test) { $0.count } == .nothing) }
        #expect(try await consumer.start(assignment, at: [TopicPartition("t", 0): .at(1)]))
        let values = try await eventually("messages come", within: .seconds(30)) { () -> [String]? in
            let polled = try await consumer.poll(.test) { batch in
                (0..<batch.count).map { "\(batch[$0].offset) " + String(decoding: batch[$0].value, as: UTF8.self) }
            }
            guard case .messages(let values) = polled else { return nil }
            return values
        }
        #expect(values == ["1 b", "2 c"])
        #expect(try await consumer.position(of: assignment.partitions) == [TopicPartition("t", 0): 3])
        #expect(try await consumer.watermarks(of: TopicPartition("t", 0)) == Watermarks(low: 0, high: 3))
        await consumer.close()
    }

    @Test("an answer to an assignment that is over is ignored")
    func outdatedAssignment() async throws {
        let cluster = try await cluster(holding: ["a"])
        let reader = try await Reader(settings(cluster), topics: ["t"])
        try await reader.read(until: "a message came") { !$0.values.isEmpty }
        let stale = Assignment(generation: 0, partitions: await reader.partitions)
        #expect(try await reader.consumer.start(stale, at: [:]) == false)
        await reader.consumer.close()
    }

    @Test("a seek moves back and forth")
    func seek() async throws {
        let cluster = try await cluster(holding: ["a", "b", "c", "d"])
        let reader = try await Reader(settings(cluster), topics: ["t"])
        try await reader.read(until: "all came") { $0.values.count == 4 }
        try await reader.consumer.seek([TopicPartition("t", 0): .at(2)], within: .seconds(5))
        try await reader.read(until: "two came again") { $0.values.count == 6 }
        #expect(await reader.values == ["a", "b", "c", "d", "c", "d"])
        await reader.consumer.close()
    }

    @Test("starting an assignment anew moves all of it")
    func restart() async throws {
        let cluster = try await cluster(holding: ["a", "b"])
        let reader = try await Reader(settings(cluster), topics: ["t"])
        try await reader.read(until: "all came") { $0.values.count == 2 }
        let assignment = try #require(await reader.assignments.last)
        #expect(try await reader.consumer.start(assignment, at: [TopicPartition("t", 0): .at(1)]))
        try await reader.read(until: "one came again") { $0.values.count == 3 }
        #expect(await reader.values == ["a", "b", "b"])
        await reader.consumer.close()
    }

    @Test("a poll ends at its number of messages and of bytes")
    func limits() async throws {
        let cluster = try await cluster(holding: (0..<10).map { _ in "12345" })
        let reader = try await Reader(settings(cluster), topics: ["t"])
        try await reader.read(until: "all came") { $0.values.count == 10 }
        let assignment = try #require(await reader.assignments.last)
        var limit = PollLimit(messages: 3, bytes: 1_000, wait: .seconds(10), fill: .seconds(1))
        #expect(try await reader.consumer.start(assignment, at: [TopicPartition("t", 0): .earliest]))
        #expect(try await reader.consumer.poll(limit) { $0.count } == .messages(3))
        limit.bytes = 11
        limit.messages = 100
        #expect(try await reader.consumer.poll(limit) { $0.count } == .messages(3))
        await reader.consumer.close()
    }

    @Test("a paused partition is silent until it is resumed")
    func pause() async throws {
        let cluster = try await cluster(holding: ["a"])
        let partition = TopicPartition("t", 0)
        let reader = try await Reader(settings(cluster), topics: ["t"])
        try await reader.read(until: "one came") { $0.values == ["a"] }
        try await reader.consumer.pause([partition])
        let producer = try Producer(ProducerSettings(client: cluster.settings), logger: .quiet)
        _ = try await producer.send(OutgoingMessage(topic: "t", value: Array("b".utf8))).get()
        for _ in 0..<5 { try await reader.step() }
        #expect(await reader.values == ["a"])
        try await reader.consumer.resume([partition])
        try await reader.read(until: "the other came") { $0.values == ["a", "b"] }
        await producer.close(within: .seconds(5))
        await reader.consumer.close()
    }

    @Test("a start offset that the broker does not have is a value with its partition")
    func outOfRange() async throws {
        let cluster = try await cluster(holding: ["a"])
        let reader = try await Reader(settings(cluster), topics: ["t"], from: .at(50))
        try await reader.read(until: "the error came") { $0.errors.contains { $0.code == .offsetOutOfRange } }
        let error = try #require(await reader.errors.first { $0.code == .offsetOutOfRange })
        #expect(error.partition == TopicPartition("t", 0))
        await reader.consumer.close()
    }

    @Test("a broker that goes away and comes back costs no message")
    func brokerRestart() async throws {
        let cluster = try await cluster(holding: ["a", "b"])
        let reader = try await Reader(settings(cluster), topics: ["t"])
        try await reader.read(until: "both came") { $0.values == ["a", "b"] }
        cluster.takeDown()
        try await reader.read(until: "the loss was told") { !$0.errors.isEmpty }
        #expect(await reader.errors.allSatisfy { $0.isRetriable && !$0.isFatal })
        cluster.bringUp()
        let producer = try Producer(ProducerSettings(client: cluster.settings), logger: .quiet)
        _ = try await producer.send(OutgoingMessage(topic: "t", value: Array("c".utf8))).get()
        try await reader.read(until: "the third came") { $0.values.contains("c") }
        #expect(await reader.values == ["a", "b", "c"])
        await producer.close(within: .seconds(5))
        await reader.consumer.close()
    }

    @Test("an unreachable broker is told as a value")
    func unreachable() async throws {
        let client = ClientSettings(bootstrap: "127.0.0.1:1", clientID: "test")
        let reader = try await Reader(ConsumerSettings(client: client, group: "g"), topics: ["t"])
        try await reader.read(until: "the error came") { !$0.errors.isEmpty }
        #expect(await reader.errors.allSatisfy(\.isRetriable))
        await reader.consumer.close()
    }

    @Test("a closed consumer refuses, and may be closed again")
    func closed() async throws {
        let cluster = try await cluster(holding: [])
        let consumer = try Consumer(settings(cluster), logger: .quiet)
        await consumer.close()
        await consumer.close()
        await #expect(throws: KafkaError.self) { try await consumer.poll(.test) { _ in } }
    }
}
