import Kafka
import Notifications

/// Sends a trace, batch by batch, in its order.
///
/// Used by one task; the trace is read piece by piece, so its size doesn't matter.
final class Replay {
    struct Outcome {
        var sent = 0
        var failed = 0
        var firstFailure: String?
    }

    private let producer: Producer
    private let topics: ReplayTopics
    private let keepsPace: Bool
    private let progress: ProgressBar?
    private var outcome = Outcome()
    /// The moment of the recording that is now, once the first record has been seen.
    private var recordedStart: (milliseconds: Int64, at: ContinuousClock.Instant)?

    /// Messages handed over at once: enough to fill the producer's own batches.
    private static let batchSize = 500

    init(producer: Producer, topics: ReplayTopics, keepsPace: Bool, progress: ProgressBar?) {
        self.producer = producer
        self.topics = topics
        self.keepsPace = keepsPace
        self.progress = progress
    }

    func run(_ reader: TraceReader) async throws -> Outcome {
        var records: [TraceRecord] = []
        var isAtEnd = false
        while !isAtEnd {
            isAtEnd = try !reader.readPiece { number, line in
                do {
                    records.append(try TraceRecord(line: line))
                } catch {
                    throw CommandFailure(.failed, "line \(number): \(error)")
                }
            }
            try await send(records, upTo: reader.byteCount)
            records.removeAll(keepingCapacity: true)
        }
        progress?.finish()
        return outcome
    }

    private func send(_ records: [TraceRecord], upTo byteCount: Int) async throws {
        var rest = records[...]
        while let first = rest.first {
            try await wait(for: first)
            let due = rest.prefix(Self.batchSize).prefix { isDue($0) }
            let batch = due.isEmpty ? rest.prefix(1) : due
            var messages: [OutgoingMessage] = []
            for record in batch {
                let partition = record.key == nil ? try await topics.partition(of: record) : nil
                if record.key != nil { try await topics.prepare(record.topic) }
                messages.append(
                    OutgoingMessage(topic: record.topic, key: record.key, value: record.value, partition: partition))
            }
            for result in await producer.send(messages) { record(result) }
            rest = rest.dropFirst(batch.count)
            progress?.show(byteCount: byteCount, messages: outcome.sent)
        }
    }

    private func record(_ result: DeliveryResult) {
        switch result {
        case .success:
            outcome.sent += 1
        case .failure(let error):
            outcome.failed += 1
            if outcome.firstFailure == nil { outcome.firstFailure = "\(error)" }
        }
    }

    /// Waits until the recording has come to this record.
    private func wait(for record: TraceRecord) async throws {
        guard keepsPace else { return }
        let now = ContinuousClock.now
        guard let recorded = record.timestampMilliseconds else { return }
        guard let start = recordedStart else {
            recordedStart = (recorded, now)
            return
        }
        let due = start.at + .milliseconds(recorded - start.milliseconds)
        if due > now { try await ContinuousClock().sleep(until: due) }
    }

    private func isDue(_ record: TraceRecord) -> Bool {
        guard keepsPace, let start = recordedStart, let recorded = record.timestampMilliseconds else { return true }
        return start.at + .milliseconds(recorded - start.milliseconds) <= .now
    }
}

/// What is known of the topics that a trace goes to; creates those that are missing.
final class ReplayTopics {
    private let admin: Admin
    private let partitionsOfNew: Int
    private var partitionCounts: [String: Int] = [:]

    init(_ admin: Admin, partitionsOfNew: Int) {
        self.admin = admin
        self.partitionsOfNew = partitionsOfNew
    }

    /// The recorded partition, or where the topic has fewer the one that stands for it, so that the order within it is kept; nil
    /// where none was recorded.
    func partition(of record: TraceRecord) async throws -> Int32? {
        let count = try await prepare(record.topic)
        return record.partition.map { Int32(truncatingIfNeeded: $0 % Int64(max(count, 1))) }
    }

    /// Makes sure that a topic exists; its number of partitions.
    @discardableResult
    func prepare(_ topic: String) async throws -> Int {
        if let count = partitionCounts[topic] { return count }
        let count: Int
        if let known = try await admin.topic(topic) {
            count = known.partitions.count
        } else {
            let failures = try await admin.createTopics([TopicSpecification(topic, partitions: partitionsOfNew)])
            if let failure = failures[topic], failure.code != .topicAlreadyExists { throw failure }
            count = partitionsOfNew
        }
        partitionCounts[topic] = count
        return count
    }
}
