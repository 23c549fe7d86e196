import Foundation
import Kafka
import Logging
import ServiceKit
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Collector

@Suite("Publishing batches")
struct BatchPublisherTests {
    private let registry = InstrumentRegistry()
    private let broker = ScriptedBroker()
    private let clock = ManualClock()

    private func publisher(
        _ folder: String, quota: Int = SpoolLimits.standardQuota, registry: InstrumentRegistry, now: Int64 = 1_000
    ) throws -> BatchPublisher {
        try BatchPublisher(
            host: "compute-1", directory: folder, limits: SpoolLimits(quota: quota), sink: broker, clock: clock,
            wallClock: WallClock { Instant(seconds: now) }, instruments: CollectorInstruments(in: registry),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func poll(_ number: Int) -> BatchPacking.Poll {
        let reading = PolledReading(
            BatchMeter(name: "cpu", kind: .cumulative, unit: "ns"), Double(number), at: Instant(seconds: 1_000))
        let resource = PolledResource(id: "server", type: "instance", attributes: [], readings: [reading])
        return BatchPacking.Poll(
            source: "s", interval: .seconds(60), polledAt: Instant(seconds: 1_000), resources: [resource])
    }

    private var values: [Double] { broker.batches.compactMap { $0.resources.first?.readings.first?.value } }

    @Test("with the broker there, each batch is sent as it comes and leaves the spool")
    func steady() async throws {
        try await withFolder { folder in
            let publisher = try publisher(folder, registry: registry)
            try await publisher.open()
            try await withRunning(publisher) {
                for number in 0..<5 { await publisher.publish(poll(number)) }
                try await eventually("all batches arrived", within: .seconds(60)) { values.count == 5 }
                try await eventually("the spool is empty", within: .seconds(60)) { await publisher.backlog == 0 }
            }
            #expect(values == [0, 1, 2, 3, 4])
            #expect(registry.exposition().contains("collector_samples_sent_total 5\n"))
        }
    }

    @Test("with the broker away batches wait, survive a restart, and are sent in order before new ones")
    func outage() async throws {
        try await withFolder { folder in
            broker.answer(.isAway)
            do {
                let publisher = try publisher(folder, registry: registry)
                try await publisher.open()
                try await withRunning(publisher) {
                    for number in 0..<3 { await publisher.publish(poll(number)) }
                    try await eventually("sending was tried", within: .seconds(60)) { broker.attempts > 0 }
                }
                #expect(await publisher.backlog == 3)
            }
            // The lock goes with the last reference to the spool.
            let registry = InstrumentRegistry()
            let publisher = try publisher(folder, registry: registry, now: 900)
            try await eventually("the first run let its spool go", within: .seconds(60)) {
                try await publisher.open()
                return true
            }
            await publisher.publish(poll(3))
            broker.answer(.takes)
            try await withRunning(publisher) {
                try await eventually("all batches arrived", within: .seconds(60)) { values.count == 4 }
            }
            #expect(values == [0, 1, 2, 3])
            let epochs = broker.batches.map(\.epoch)
            #expect(
                epochs[0] == epochs[2] && epochs[3] > epochs[2], "the clock was set back, and epochs rise all the same")
            #expect(broker.batches.map(\.sequence) == [0, 1, 2, 0])
        }
    }

    @Test("a batch whose acknowledgement was lost is sent again under the same number, before any later one")
    func repeated() async throws {
        try await withFolder { folder in
            broker.answer(.takesSilently)
            let publisher = try publisher(folder, registry: registry)
            try await publisher.open()
            try await withRunning(publisher) {
                for number in 0..<2 { await publisher.publish(poll(number)) }
                try await eventually("the first was tried", within: .seconds(60)) { clock.sleeperCount > 0 }
                broker.answer(.takes)
                clock.advance(by: .seconds(1))
                try await eventually("the second arrived", within: .seconds(60)) { values.contains(1) }
            }
            #expect(broker.batches.map(\.sequence) == [0, 0, 1])
        }
    }

    @Test("with a real producer and no broker a stop takes no longer than it may", .timeLimit(.minutes(1)))
    func stopInTime() async throws {
        try await withFolder { folder in
            var settings = ProducerSettings(client: ClientSettings(bootstrap: "127.0.0.1:1", clientID: "test"))
            settings.deliveryTimeout = .seconds(600)
            let sink = WatchedSink(KafkaSink(topic: "samples", settings: settings, logger: .quiet))
            let publisher = try BatchPublisher(
                host: "compute-1", directory: folder, limits: SpoolLimits(), sink: sink, clock: ContinuousClock(),
                wallClock: .system, instruments: CollectorInstruments(in: registry), logger: .quiet)
            try await publisher.open()
            try await withRunning(publisher) {
                await publisher.publish(poll(0))
                try await eventually("it is being sent", within: .seconds(60)) { sink.isSending }
            }
            await publisher.finish(within: .milliseconds(10))
            #expect(await publisher.backlog == 1)
        }
        #expect(registry.exposition().contains("collector_send_failures_total{outcome=\"retried\"} 0\n"))
    }

    @Test("what goes above the quota is counted by meter")
    func quota() async throws {
        try await withFolder { folder in
            broker.answer(.isAway)
            let publisher = try publisher(folder, quota: 2_000, registry: registry)
            try await publisher.open()
            for number in 0..<100 { await publisher.publish(poll(number)) }
            let backlog = await publisher.backlog
            #expect(backlog < 100 && backlog > 0)
            let line = "collector_samples_dropped_total{meter=\"cpu\",reason=\"quota\"} \(100 - backlog)\n"
            #expect(registry.exposition().contains(line))
        }
    }

    @Test("a batch that the broker will never take is dropped and counted, and the next one is sent")
    func refused() async throws {
        try await withFolder { folder in
            broker.answer(.refuses)
            let publisher = try publisher(folder, registry: registry)
            try await publisher.open()
            try await withRunning(publisher) {
                await publisher.publish(poll(0))
                try await eventually("it was refused", within: .seconds(60)) { await publisher.backlog == 0 }
                broker.answer(.takes)
                await publisher.publish(poll(1))
                try await eventually("the next arrived", within: .seconds(60)) { values == [1] }
            }
            #expect(
                registry.exposition().contains("collector_samples_dropped_total{meter=\"cpu\",reason=\"refused\"} 1\n"))
        }
    }

    private func withRunning(_ publisher: BatchPublisher, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }
}

/// Tells when the sink behind it was given something.
private final class WatchedSink: BatchSink {
    private let sink: any BatchSink
    private let sending = Atomic(false)

    init(_ sink: any BatchSink) { self.sink = sink }

    var isSending: Bool { sending.load(ordering: .acquiring) }

    func send(_ batch: [UInt8], key: [UInt8]) async -> SendOutcome {
        sending.store(true, ordering: .releasing)
        return await sink.send(batch, key: key)
    }

    func close() async { await sink.close() }
}
