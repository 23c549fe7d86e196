import Libvirt
import Logging
import ServiceKit
import ServiceLifecycle
import Telemetry
import TestKit
import Testing

@testable import Collector

@Suite("The collector as a service")
struct CollectorServiceTests {
    private let hypervisor = ScriptedHypervisor([DomainID("d0"), DomainID("d1")])
    private let broker = ScriptedBroker()
    private let clock = ManualClock()
    private let registry = InstrumentRegistry()
    /// Other suites keep the threads busy meanwhile.
    private static let patience = Duration.seconds(60)

    private func source(_ name: String, every interval: Duration, _ meters: String...) -> PollingSource {
        PollingSource(name: name, interval: interval, meters: MeterSelection(meters))
    }

    /// Runs a collector that polls by these sources, and stops it after the body.
    private func withCollector(
        _ polling: CurrentPolling, pollsHost: Bool = false, _ body: () async throws -> Void
    ) async throws {
        try await withFolder { folder in
            var settings = CollectorSettings(host: "compute-1")
            settings.pollsHost = pollsHost
            settings.spoolDirectory = folder
            settings.jitter = .zero
            let service = try CollectorService(
                settings, polling: polling, source: hypervisor, sink: broker, clock: clock,
                wallClock: WallClock { Instant(seconds: 1_000) }, instruments: CollectorInstruments(in: registry),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let services = ServiceGroup(
                services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                do {
                    try await body()
                } catch {
                    group.cancelAll()
                    throw error
                }
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    private func batches(every interval: Duration) -> Int {
        broker.batches.filter { $0.interval == interval }.count
    }

    @Test("each source is polled at its own interval")
    func cadence() async throws {
        let polling = CurrentPolling(
            PollingDefinition(sources: [
                source("fast", every: .seconds(10), "cpu"), source("slow", every: .seconds(30), "*"),
            ]))
        try await withCollector(polling) {
            try await eventually("both were polled", within: Self.patience) { broker.batches.count == 2 }
            for tick in 1...6 {
                try await eventually("both wait for their next tick", within: Self.patience) { clock.sleeperCount >= 2 }
                clock.advance(by: .seconds(10))
                try await eventually("tick \(tick) was polled", within: Self.patience) {
                    batches(every: .seconds(10)) == 1 + tick && batches(every: .seconds(30)) == 1 + tick / 3
                }
            }
        }
        #expect(Set(broker.batches.map(\.host)) == ["compute-1"])
        #expect(broker.batches.map(\.sequence) == Array(0..<UInt64(broker.batches.count)))
    }

    @Test("a domain that starts is polled at once, and one whose guest halts a last time")
    func events() async throws {
        let polling = CurrentPolling(PollingDefinition(sources: [source("s", every: .seconds(300), "cpu")]))
        try await withCollector(polling) {
            try await eventually("the first poll is done", within: Self.patience) { broker.batches.count == 1 }
            hypervisor.setDomains([DomainID("d0"), DomainID("d1"), DomainID("d2")])
            hypervisor.happens(.started, to: DomainID("d2"))
            try await eventually("the new domain was read", within: Self.patience) { broker.batches.count == 2 }
            #expect(broker.batches[1].resources.map(\.id) == ["d2"])
            hypervisor.happens(.suspended, to: DomainID("d1"))
            hypervisor.happens(.shutdown, to: DomainID("d0"))
            try await eventually("the halted domain was read", within: Self.patience) { broker.batches.count == 3 }
            #expect(broker.batches[2].resources.map(\.id) == ["d0"])
        }
    }

    @Test("a reload starts what is new at once, ends what is gone, and leaves what stayed in step")
    func reload() async throws {
        let stays = source("stays", every: .seconds(10), "cpu")
        let polling = CurrentPolling(PollingDefinition(sources: [stays, source("goes", every: .seconds(20), "cpu")]))
        try await withCollector(polling) {
            try await eventually("both were polled", within: Self.patience) { broker.batches.count == 2 }
            polling.replace(with: PollingDefinition(sources: [stays, source("comes", every: .seconds(15), "cpu")]))
            try await eventually("the new one was polled", within: Self.patience) { batches(every: .seconds(15)) == 1 }
            #expect(batches(every: .seconds(10)) == 1)
            try await eventually("all three wait", within: Self.patience) { clock.sleeperCount >= 3 }
            clock.advance(by: .seconds(10))
            try await eventually("the one that stayed is in step", within: Self.patience) {
                batches(every: .seconds(10)) == 2
            }
            try await eventually("all three wait", within: Self.patience) { clock.sleeperCount >= 3 }
            clock.advance(by: .seconds(10))
            try await eventually("the others were polled", within: Self.patience) {
                batches(every: .seconds(10)) == 3 && batches(every: .seconds(15)) == 2
            }
            #expect(batches(every: .seconds(20)) == 1, "the one that went is not polled again")
        }
    }

    @Test("a bad file is refused on reload, and the old definition stays")
    func badReload() async throws {
        let definition = PollingDefinition(sources: [source("s", every: .seconds(10), "cpu")])
        let polling = CurrentPolling(definition)
        try await withFolder { folder in
            _ = try SpoolFolder(folder).replace("polling.yaml", with: "sources:\n  - name: x", isDurable: false)
            await #expect { try await polling.reloadable(file: folder + "/polling.yaml").prepare() } throws: {
                "\($0)".contains("polling.yaml:2:5: sources[0]: the key meters is missing")
            }
            #expect(polling.definition == definition)
            _ = try SpoolFolder(folder).replace(
                "polling.yaml", with: "sources:\n  - {name: x, meters: [cpu]}", isDurable: false)
            try await polling.reloadable(file: folder + "/polling.yaml").prepare()()
            #expect(polling.definition.sources.map(\.name) == ["x"])
        }
    }

    @Test("host and servers of a source come in one batch, the host first")
    func host() async throws {
        let polling = CurrentPolling(
            PollingDefinition(sources: [source("s", every: .seconds(10), "cpu", "hardware.memory.total")]))
        try await withCollector(polling, pollsHost: true) {
            try await eventually("it was polled", within: Self.patience) { !broker.batches.isEmpty }
        }
        #expect(broker.batches[0].resources.map(\.type) == ["host", "instance", "instance"])
        #expect(broker.batches[0].resources[0].id == "compute-1")
    }

    @Test("a collector that stops sends what it has")
    func stops() async throws {
        let polling = CurrentPolling(PollingDefinition(sources: [source("s", every: .seconds(10), "cpu")]))
        broker.answer(.isAway)
        try await withCollector(polling) {
            try await eventually("sending was tried", within: Self.patience) { broker.attempts > 0 }
            broker.answer(.takes)
        }
        #expect(broker.batches.count == 1)
    }
}
