import CRdKafka
import Kafka
import Logging
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ProducerTests {
    @Test("each message is answered with its partition and offset, in order")
    func acknowledged() async throws {
        let cluster = try MockCluster()
        cluster.createTopic("t")
        let producer = try Producer(ProducerSettings(client: cluster.settings), logger: .quiet)
        let results = await producer.send((0..<50).map { OutgoingMessage(topic: "t", value: [UInt8($0)]) })
        #expect(try results.map { try $0.get().offset } == (0..<50).map { Int64($0) })
        #expect(try results.allSatisfy { try $0.get().partition == TopicPartition("t", 0) })
        await producer.close(within: .seconds(5))
    }

    @Test("sending nothing answers nothing")
    func empty() async throws {
        let cluster = try MockCluster()
        let producer = try Producer(ProducerSettings(client: cluster.settings), logger: .quiet)
        #expect(await producer.send([]).isEmpty)
        await producer.close(within: .zero)
    }

    @Test("a request that a broker refuses for a while is repeated without a gap or a double")
    func retried() async throws {
        let cluster = try MockCluster()
        cluster.createTopic("t")
        cluster.failNextProduceRequests(with: [
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        ])
        let producer = try Producer(ProducerSettings(client: cluster.settings), logger: .quiet)
        let results = await producer.send((0..<5).map { OutgoingMessage(topic: "t", value: [UInt8($0)]) })
        #expect(try results.map { try $0.get().offset } == [0, 1, 2, 3, 4])
        await producer.close(within: .seconds(5))
    }

    @Test("a full queue is backpressure: what was accepted is a prefix")
    func queueFull() async throws {
        let cluster = try MockCluster()
        cluster.createTopic("t")
        cluster.takeDown()
        var settings = ProducerSettings(client: cluster.settings)
        settings.queuedMessageLimit = 10
        settings.deliveryTimeout = .seconds(1)
        let producer = try Producer(settings, logger: .quiet)
        let results = await producer.send((0..<30).map { OutgoingMessage(topic: "t", value: [UInt8($0)]) })
        let codes = results.map(\.code)
        #expect(codes == Array(repeating: .messageTimedOut, count: 10) + Array(repeating: .queueFull, count: 20))
        #expect(results.allSatisfy { $0.error?.isRetriable == true })
        await producer.close(within: .zero)
    }

    @Test("a message over the limit fails alone")
    func oversized() async throws {
        let cluster = try MockCluster()
        cluster.createTopic("t")
        var settings = ProducerSettings(client: cluster.settings)
        settings.messageSizeLimit = 10_000
        let producer = try Producer(settings, logger: .quiet)
        let results = await producer.send(
            [1, 20_000, 2].map { OutgoingMessage(topic: "t", value: Array(repeating: 7, count: $0)) })
        #expect(results.map(\.code) == [nil, .messageTooLarge, nil])
        #expect(results[1].error?.isRetriable == false)
        await producer.close(within: .seconds(5))
    }

    @Test("an unreachable broker yields failures, not a crash, and a flush that ends in time")
    func unreachable() async throws {
        var settings = ProducerSettings(client: ClientSettings(bootstrap: "127.0.0.1:1", clientID: "test"))
        settings.deliveryTimeout = .seconds(2)
        let producer = try Producer(settings, logger: .quiet)
        async let result = producer.send(OutgoingMessage(topic: "t", value: [1]))
        try await eventually("the message is queued") { producer.outstanding == 1 }
        #expect(await producer.flush(within: .milliseconds(50)) == 1)
        #expect(await result.code == .messageTimedOut)
        #expect(await producer.flush(within: .seconds(5)) == 0)
        await producer.close(within: .zero)
    }

    @Test("a cancelled task does not wait for the broker, and is told that its message may still arrive")
    func cancelled() async throws {
        var settings = ProducerSettings(client: ClientSettings(bootstrap: "127.0.0.1:1", clientID: "test"))
        settings.deliveryTimeout = .seconds(600)
        let producer = try Producer(settings, logger: .quiet)
        try await withThrowingTaskGroup(of: DeliveryResult.self) { group in
            group.addTask { await producer.send(OutgoingMessage(topic: "t", value: [1])) }
            try await eventually("the message is queued") { producer.outstanding == 1 }
            group.cancelAll()
            #expect(try await group.next()?.code == .interrupted)
            group.addTask { await producer.send(OutgoingMessage(topic: "t", value: [2])) }
            #expect(try await group.next()?.code == .interrupted)
        }
        #expect(producer.outstanding == 1, "what a cancelled task would send is not taken")
        await producer.close(within: .zero)
    }

    @Test("closing gives up what is queued, and says so")
    func purged() async throws {
        let settings = ProducerSettings(client: ClientSettings(bootstrap: "127.0.0.1:1", clientID: "test"))
        let producer = try Producer(settings, logger: .quiet)
        async let result = producer.send(OutgoingMessage(topic: "t", value: [1]))
        try await eventually("the message is queued") { producer.outstanding == 1 }
        await producer.close(within: .milliseconds(10))
        #expect(await result.code == .purged)
        #expect(await producer.send(OutgoingMessage(topic: "t", value: [1])).code == .closed)
        await producer.close(within: .zero)
    }

    @Test("an unknown property is refused before anything starts")
    func misconfigured() {
        let client = ClientSettings(bootstrap: "127.0.0.1:1", clientID: "test", properties: ["no.such": "1"])
        #expect(throws: KafkaError.self) { try Producer(ProducerSettings(client: client), logger: .quiet) }
    }
}

extension DeliveryResult {
    var error: KafkaError? { if case .failure(let error) = self { error } else { nil } }
    var code: KafkaErrorCode? { error?.code }
}
