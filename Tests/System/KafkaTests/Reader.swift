import Kafka
import Logging
import TestKit

/// A consumer that starts each assignment as told and keeps what it reads.
actor Reader {
    let consumer: Consumer
    private let start: StartOffset
    private(set) var values: [String] = []
    private(set) var assignments: [Assignment] = []
    private(set) var revocations: [[TopicPartition]] = []
    private(set) var errors: [KafkaError] = []
    /// Messages of partitions that this member did not hold.
    private(set) var strays = 0
    private var held: Set<TopicPartition> = []

    init(_ settings: ConsumerSettings, topics: [String], from start: StartOffset = .earliest) async throws {
        consumer = try Consumer(settings, logger: .quiet)
        self.start = start
        try await consumer.subscribe(topics)
    }

    var partitions: [TopicPartition] { assignments.last?.partitions ?? [] }

    /// Polls once and acts on what came.
    func step() async throws {
        let polled = try await consumer.poll(.test) { batch in
            (0..<batch.count).map { (batch[$0].source, String(decoding: batch[$0].value, as: UTF8.self)) }
        }
        switch polled {
        case .messages(let messages):
            values += messages.map(\.1)
            strays += messages.count { !held.contains($0.0) }
        case .assigned(let assignment):
            assignments.append(assignment)
            held = Set(assignment.partitions)
            _ = try await consumer.start(
                assignment, at: Dictionary(uniqueKeysWithValues: assignment.partitions.map { ($0, start) }))
        case .revoked(let partitions, _):
            revocations.append(partitions)
            held.subtract(partitions)
        case .failed(let error): errors.append(error)
        case .nothing: break
        }
    }

    /// Reads until a condition on what was read holds.
    func read(until what: String, _ condition: @Sendable (isolated Reader) -> Bool) async throws {
        try await eventually(what, within: .seconds(30)) {
            if condition(self) { return true }
            try await step()
            return condition(self)
        }
    }
}

extension PollLimit {
    static let test = PollLimit(messages: 100, bytes: 1_000_000, wait: .milliseconds(100), fill: .milliseconds(5))
}
