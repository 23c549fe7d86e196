import JSON
import Kafka
import ServiceKit
import ServiceLifecycle
import Telemetry
import TestKit
import Testing

@testable import Weighing

/// The role on a real broker.
@Suite struct WeighingServiceTests {
    @Test("batches on the samples topic become records of their hosts, keyed by host", .timeLimit(.minutes(2)))
    func feed() async throws {
        try await withTopics(["samples", "host-load"]) { topics in
            let registry = InstrumentRegistry()
            let service = WeighingService(
                WeighingSettings(
                    client: topics.client, group: topics.group, samplesTopic: topics["samples"],
                    hostLoadTopic: topics["host-load"], partitions: 1, smoothing: .seconds(60),
                    forgetAfter: .seconds(86_400)),
                clock: WallClock { ScriptedHost.start + .seconds(11) }, instruments: WeighingInstruments(in: registry),
                logger: .quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let services = ServiceGroup(services: [service], logger: .quiet)
                group.addTask { try await services.run() }
                let records = try await records(topics)
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                let record = try #require(records.last)
                #expect(record["host"]?.string == "compute-7")
                #expect(record["memory_percent"]?.number == 25)
                #expect(record["age_seconds"]?.number == 1)
                #expect(record["cpu_percent"] == nil)
            }
            #expect(registry.exposition().contains(#"weighing_failures_total{reason="malformed"}"#))
        }
    }

    /// Sends ticks and rubbish until a record comes back: the service reads from the end, which it reaches in its own time.
    private func records(_ topics: TestTopics) async throws -> [JSONValue] {
        let producer = try Producer(ProducerSettings(client: topics.client), logger: .quiet)
        let consumer = try Consumer(
            ConsumerSettings(client: topics.client, group: topics.group + "-reader"), logger: .quiet)
        try await consumer.subscribe([topics["host-load"]])
        var host = ScriptedHost()
        host.second = 10
        let records = try await eventually("a record is published", within: .seconds(60)) { () -> [JSONValue]? in
            let batch = host.batch([("hardware.memory.total", 100), ("hardware.memory.available", 75)])
            let sent = await producer.send([
                OutgoingMessage(topic: topics["samples"], key: Array("compute-7".utf8), value: batch.encode()),
                OutgoingMessage(topic: topics["samples"], key: Array("compute-7".utf8), value: [0xff, 1, 2]),
            ])
            for result in sent { _ = try result.get() }
            return try await read(consumer)
        }
        await consumer.close()
        await producer.close(within: .seconds(1))
        return records
    }

    private func read(_ consumer: Consumer) async throws -> [JSONValue]? {
        let limit = PollLimit(messages: 10, bytes: 1 << 20, wait: .milliseconds(200), fill: .zero)
        let polled = try await consumer.poll(limit) { messages in
            try (0..<messages.count).map { index in
                #expect(messages[index].key.map { String(decoding: $0, as: UTF8.self) } == "compute-7")
                return try JSONValue(parsing: Array(messages[index].value))
            }
        }
        switch polled {
        case .messages(let records): return records
        case .assigned(let assignment):
            let offsets = assignment.partitions.map { ($0, StartOffset.earliest) }
            _ = try await consumer.start(assignment, at: Dictionary(uniqueKeysWithValues: offsets))
            return nil
        case .failed(let error):
            guard error.isFatal else { return nil }
            throw error
        case .revoked, .nothing: return nil
        }
    }
}
