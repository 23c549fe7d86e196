import Foundation
import Kafka
import Logging
import TestKit
import Testing

/// The built program against a real broker.
struct ReplayTests {
    @Test("messages arrive in their topics and order, with their keys, and without a key in their partition")
    func replay() async throws {
        try await withTopics(["two"], partitions: 2) { topics in
            let made = topics["made"]
            let trace = (0..<40).map { number in
                let place =
                    number % 4 == 3
                    ? #""topic": "\#(made)", "partition": 5"#
                    : #""topic": "\#(topics["two"])", "partition": \#(number % 2)"#
                let key = number % 5 == 0 ? "\"k\"" : "null"
                return
                    #"{\#(place), "offset": \#(number), "timestamp_ms": \#(number), "key": \#(key), "value": "\#(number)"}"#
            }
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("trace-\(UUID()).jsonl")
            try Data(trace.map { $0 + "\n" }.joined().utf8).write(to: file)
            defer { unlink(file.path) }
            let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
                .appendingPathComponent("nepho").path
            let result = try await runOnThread(
                program, ["replay", file.path, "--quiet"], environment: ["KAFKA_BOOTSTRAP": topics.client.bootstrap])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == "40 messages sent\n")
            let received = try await Self.messages(of: [topics["two"], made], count: 40, topics)
            for (source, messages) in received {
                #expect(messages.map(\.number) == messages.map(\.number).sorted(), "\(source)")
                for message in messages {
                    #expect(source.topic == (message.number % 4 == 3 ? made : topics["two"]))
                    #expect(message.key == (message.number % 5 == 0 ? "k" : nil))
                    guard message.key == nil else { continue }
                    #expect(source.partition == (message.number % 4 == 3 ? 0 : Int32(message.number % 2)))
                }
            }
            _ = try await Admin(topics.client).deleteTopics([made])
        }
    }

    private struct Message: Sendable {
        let number: Int
        let key: String?
    }

    /// Reads topics from their beginning, per partition, until so many messages have come.
    private static func messages(
        of names: [String], count: Int, _ topics: TestTopics
    ) async throws -> [TopicPartition: [Message]] {
        let consumer = try Consumer(ConsumerSettings(client: topics.client, group: topics.group), logger: .quiet)
        try await consumer.subscribe(names)
        let limit = PollLimit(messages: 100, bytes: 1_000_000, wait: .milliseconds(100), fill: .milliseconds(5))
        var received: [TopicPartition: [Message]] = [:]
        try await eventually("the messages came", within: .seconds(60)) {
            let polled = try await consumer.poll(limit) { batch in
                (0..<batch.count).map { index in
                    let digits = String(decoding: batch[index].value, as: UTF8.self).filter(\.isNumber)
                    let key = batch[index].key.map { String(decoding: $0, as: UTF8.self) }
                    return (batch[index].source, Message(number: Int(digits) ?? -1, key: key))
                }
            }
            switch polled {
            case .assigned(let assignment):
                _ = try await consumer.start(
                    assignment,
                    at: Dictionary(uniqueKeysWithValues: assignment.partitions.map { ($0, StartOffset.earliest) }))
            case .messages(let messages):
                for (source, message) in messages { received[source, default: []].append(message) }
            default: break
            }
            return received.values.reduce(0) { $0 + $1.count } == count
        }
        await consumer.close()
        return received
    }
}
