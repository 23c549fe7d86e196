import Kafka
import ServiceKit
import Telemetry
import TestKit
import Testing

@testable import Ingestion

struct DeadLetterTests {
    private let letter = DeadLetter(
        source: TopicPartition("samples", 3), offset: 42, reason: .batchDamaged, explanation: "checksum", key: [1, 2],
        value: Array(repeating: 7, count: 100))

    @Test("a letter has the original bytes, a key that names its source, and headers that say why")
    func message() {
        let message = letter.message(for: "dead-letter")
        #expect(message.value == letter.value)
        #expect(message.key == Array("samples/3/42".utf8))
        #expect(
            message.headers == [
                MessageHeader("reason", "batch_damaged"), MessageHeader("error", "checksum"),
                MessageHeader("source-topic", "samples"), MessageHeader("source-partition", "3"),
                MessageHeader("source-offset", "42"), MessageHeader("source-key", [1, 2]),
            ])
    }

    @Test("a letter beyond what the topic takes is cut, and says how long it was")
    func truncated() {
        let message = letter.message(for: "dead-letter", valueLimit: 10)
        #expect(message.value == Array(repeating: 7, count: 10))
        #expect(message.headers.last == MessageHeader("original-size", "100"))
    }

    @Test("waits between attempts grow to a limit and never shrink below half of their step")
    func backoff() {
        var backoff = Backoff()
        let delays = (0..<20).map { _ in backoff.next() }
        #expect(delays[0] >= .milliseconds(50))
        #expect(delays.allSatisfy { $0 <= Backoff.maxDelay })
        #expect(delays.suffix(5).allSatisfy { $0 >= Backoff.maxDelay / 2 })
    }
}

struct InstrumentTests {
    @Test("the exposition is the one that is documented")
    func exposition() throws {
        let registry = InstrumentRegistry()
        let instruments = IngestionInstruments(in: registry)
        instruments.lag.set(3, "samples", "0")
        instruments.hostPolledAt.set(1.5, "compute-1")
        instruments.conversionRejected.add(1, "volume_missing")
        let difference = try difference(from: "instruments.txt", registry.exposition())
        #expect(difference == nil)
    }
}
