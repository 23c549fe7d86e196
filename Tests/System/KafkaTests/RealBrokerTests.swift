import Kafka
import Logging
import TestKit
import Testing

/// What only a real broker shows: group coordination by its own code, topics, configuration.
@Suite(.timeLimit(.minutes(5)))
struct RealBrokerTests {
    @Test("keys, values and headers come back as they were sent")
    func roundTrip() async throws {
        try await withTopics(["t"]) { topics in
            let producer = try Producer(ProducerSettings(client: topics.client), logger: .quiet)
            let sent = OutgoingMessage(
                topic: topics["t"], key: [1, 2], value: [0, 255],
                headers: [MessageHeader("a", "x"), MessageHeader("b", [])])
            let delivery = try await producer.send(sent).get()
            #expect(delivery.partition == TopicPartition(topics["t"], 0))
            await producer.close(within: .seconds(5))

            let consumer = try Consumer(ConsumerSettings(client: topics.client, group: topics.group), logger: .quiet)
            try await consumer.subscribe([topics["t"]])
            let received = try await eventually("the message came", within: .seconds(30)) { () -> OutgoingMessage? in
                let polled = try await consumer.poll(.test) { batch in OutgoingMessage(copying: batch[0]) }
                if case .assigned(let assignment) = polled {
                    _ = try await consumer.start(assignment, at: [TopicPartition(topics["t"], 0): .earliest])
                }
                guard case .messages(let message) = polled else { return nil }
                return message
            }
            #expect(received == sent)
            try await consumer.commit([TopicPartition(topics["t"], 0): 1])
            await consumer.close()
        }
    }

    @Test("a second member takes over some partitions, and all of them when the first one leaves")
    func rebalance() async throws {
        try await withTopics(["t"], partitions: 4) { topics in
            let settings = ConsumerSettings(client: topics.client, group: topics.group)
            let first = try await Reader(settings, topics: [topics["t"]])
            try await first.read(until: "it has all") { $0.partitions.count == 4 }
            let second = try await Reader(settings, topics: [topics["t"]])
            try await eventually("both have two", within: .seconds(60)) {
                try await first.step()
                try await second.step()
                let (one, other) = (await first.partitions, await second.partitions)
                return one.count == 2 && other.count == 2 && Set(one).isDisjoint(with: other)
            }
            #expect(await first.revocations.first?.count == 4)
            await first.consumer.close()
            try await second.read(until: "it has all") { $0.partitions.count == 4 }
            await second.consumer.close()
        }
    }

    @Test("messages that were fetched from a partition before it was taken away are not delivered")
    func discardsRevoked() async throws {
        try await withTopics(["t"], partitions: 4) { topics in
            let producer = try Producer(ProducerSettings(client: topics.client), logger: .quiet)
            let texts = (0..<20_000).map { "\($0)" }
            let messages = texts.map { OutgoingMessage(topic: topics["t"], key: Array($0.utf8), value: Array($0.utf8)) }
            for result in await producer.send(messages) { _ = try result.get() }
            await producer.close(within: .seconds(5))

            let settings = ConsumerSettings(client: topics.client, group: topics.group)
            let first = try await Reader(settings, topics: [topics["t"]])
            try await first.read(until: "it has begun") { !$0.values.isEmpty }
            let second = try await Reader(settings, topics: [topics["t"]])
            try await eventually("all were read by one or the other", within: .seconds(60)) {
                try await first.step()
                try await second.step()
                let read = Set(await first.values).union(await second.values)
                let share = await second.partitions.count
                return read.count == texts.count && share == 2
            }
            #expect(await first.strays == 0)
            #expect(await second.strays == 0)
            await first.consumer.close()
            await second.consumer.close()
        }
    }

    @Test("statistics come when they are asked for")
    func statistics() async throws {
        try await withTopics(["t"]) { topics in
            var client = topics.client
            client.statisticsInterval = .milliseconds(100)
            let producer = try Producer(ProducerSettings(client: client), logger: .quiet)
            try await eventually("statistics came") { producer.statistics?.contains("\"txmsgs\"") == true }
            await producer.close(within: .zero)
            let reader = try await Reader(ConsumerSettings(client: client, group: topics.group), topics: [topics["t"]])
            try await eventually("statistics came") {
                try await reader.step()
                return await reader.consumer.statistics?.contains("\"rxmsgs\"") == true
            }
            await reader.consumer.close()
        }
    }

    @Test("topics are made with their properties, described, and deleted")
    func topics() async throws {
        let admin = try Admin(ClientSettings(bootstrap: try TestEnvironment.kafka, clientID: "test"))
        let name = "test-admin-\(UInt64.random(in: .min ... .max))"
        let topic = TopicSpecification(name, partitions: 3).compacted
        #expect(try await admin.createTopics([topic]) == [:])
        #expect(try await admin.createTopics([topic])[name]?.code == .topicAlreadyExists)
        let description = try #require(try await admin.topic(name))
        #expect(description.topicPartitions == (0..<3).map { TopicPartition(name, $0) })
        #expect(try await admin.configuration(of: name)["cleanup.policy"] == "compact")
        #expect(try await admin.watermarks(of: TopicPartition(name, 0)) == Watermarks(low: 0, high: 0))
        #expect(try await admin.deleteTopics([name]) == [:])
        try await eventually("it is gone") { try await admin.topic(name) == nil }
        #expect(try await admin.deleteTopics([name])[name]?.code == .unknownTopicOrPartition)
    }

    @Test("a cluster that can't be reached makes administration throw in time")
    func adminUnreachable() async throws {
        let client = ClientSettings(bootstrap: "127.0.0.1:1", clientID: "test")
        let admin = try Admin(client, timeout: .seconds(1))
        await #expect(throws: KafkaError.self) {
            try await admin.createTopics([TopicSpecification("t", partitions: 1)])
        }
        await #expect(throws: KafkaError.self) { try await admin.topics() }
    }

    @Test("a message beyond what the broker takes is refused as a value")
    func oversized() async throws {
        try await withTopics(["t"]) { topics in
            let producer = try Producer(ProducerSettings(client: topics.client), logger: .quiet)
            let message = OutgoingMessage(topic: topics["t"], value: Array(repeating: 1, count: 2_000_000))
            #expect(await producer.send(message).code == .messageTooLarge)
            await producer.close(within: .seconds(5))
        }
    }
}

extension OutgoingMessage {
    init(copying message: IncomingMessage) {
        self.init(
            topic: message.source.topic, key: message.key.map { Array($0) }, value: Array(message.value),
            headers: message.headers())
    }
}
