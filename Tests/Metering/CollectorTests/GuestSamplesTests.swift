import Foundation
import Kafka
import Libvirt
import Logging
import ServiceKit
import ServiceLifecycle
import Telemetry
import TestKit
import Testing

@testable import Collector

/// Samples of real guests under QEMU against what virsh says of them.
@Suite("Samples of real guests", .serialized, .timeLimit(.minutes(3)))
struct GuestSamplesTests {
    private func pollster(_ registry: InstrumentRegistry) throws -> ServerPollster {
        ServerPollster(
            host: "compute-1", source: Hypervisor(uri: try TestEnvironment.libvirt), limits: ServerPollLimits(),
            clock: ContinuousClock(), wallClock: .system, instruments: CollectorInstruments(in: registry),
            logger: .quiet)
    }

    @Test("processor time, disk and interface bytes lie between two readings of virsh, owners are the metadata's")
    func bracketed() async throws {
        let pollster = try pollster(InstrumentRegistry())
        let meters = Set(ServerMeter.allCases)
        // Other tests ask the same guests at the same time, and whom another one asks is answered in part.
        let (before, resources, after) = try await eventually("a poll has everything", within: .seconds(30)) {
            let before = try Guest.all()
            let resources = await pollster.poll(meters, for: "s", within: .seconds(60))
            let after = try Guest.all()
            let found = Set(
                resources.flatMap { resource in resource.readings.map { resource.id.text + $0.meter.name.text } })
            let isComplete = before.flatMap(\.expectations).allSatisfy {
                found.contains($0.resource + $0.meter.rawValue)
            }
            return isComplete ? (before, resources, after) : nil
        }
        #expect(before.count >= 2)
        for guest in before {
            let later = try #require(after.first { $0.id == guest.id })
            for (resource, meter, read) in guest.expectations {
                let found = resources.first { $0.id.text == resource }?.readings.first { $0.meter.name == meter.name }
                let value = try #require(found?.value, "\(meter.rawValue) of \(resource)")
                let (low, high) = (read(guest), read(later))
                #expect(low <= value && value <= high, "\(meter.rawValue) of \(resource): \(low) \(value) \(high)")
            }
            let server = resources.first { $0.id.text == guest.id }
            #expect(server?.projectID == "0c5a7d6e94b34f0a8e1b2d3c4f5a6b7c")
            #expect(server?.userID == "9b1f6c3ad2e84d55a0c7be21f0643a11")
        }
    }

    @Test("a second poll has the rates of interfaces, and no counter fell")
    func rates() async throws {
        let pollster = try pollster(InstrumentRegistry())
        let first = await pollster.poll(Set(ServerMeter.allCases), for: "s", within: .seconds(60))
        #expect(!first.flatMap(\.readings).contains { $0.meter.name == ServerMeter.incomingBytesRate.name })
        let second = await pollster.poll(Set(ServerMeter.allCases), for: "s", within: .seconds(60))
        let rates = second.flatMap(\.readings).filter { $0.meter.name == ServerMeter.incomingBytesRate.name }
        #expect(rates.count == second.filter { $0.type.text == ServerResourceType.interface.rawValue }.count)
        #expect(rates.allSatisfy { $0.value >= 0 })
        for resource in second {
            let earlier = first.first { $0.id == resource.id }
            for reading in resource.readings where reading.meter.kind == .cumulative {
                let previous = earlier?.readings.first { $0.meter == reading.meter }?.value ?? 0
                #expect(reading.value >= previous, "\(reading.meter.name) of \(resource.id)")
            }
        }
    }

    @Test("a guest that is made busy shows it between two polls of its source")
    func busy() async throws {
        let guest = try #require(try Guest.all().first)
        let source = PollingSource(name: "s", interval: .seconds(1), meters: MeterSelection(["cpu.time"]))
        let broker = ScriptedBroker()
        /// Processors used between neighbouring polls: nanoseconds of processor time for each of time.
        func loads() -> [Double] {
            let readings = broker.batches.flatMap { batch in
                batch.resources.filter { $0.id.text == guest.id }.flatMap(\.readings).map {
                    (time: batch.polledAt.nanoseconds + $0.offset, value: $0.value)
                }
            }
            return zip(readings, readings.dropFirst()).map { earlier, later in
                (later.value - earlier.value) / Double(later.time - earlier.time)
            }
        }
        try await withCollector(source, sink: broker) { _ in
            try await eventually("it was polled twice", within: .seconds(60)) { loads().count >= 1 }
            try Guest.say("busy 20", to: guest.name)
            // Left alone a guest uses some 3 % of a processor.
            try await eventually("it was busy between two polls", within: .seconds(60)) {
                loads().contains { $0 > 0.2 }
            }
        }
    }

    @Test("a guest that halts by itself is read a last time, long before its source's next poll")
    func halts() async throws {
        let source = PollingSource(
            name: "s", interval: .seconds(3_600), meters: MeterSelection(["power.state", "cpu.time"]))
        let broker = ScriptedBroker()
        let name = "nephoscope-test-\(UInt32.random(in: 0 ... .max))"
        let document = try Guest.shortLived(name)
        func readings(_ id: DomainID, _ meter: ServerMeter) -> [Double] {
            broker.batches.flatMap { batch in
                batch.resources.filter { $0.id.text == id.text }.flatMap(\.readings)
                    .filter { batch.meters[$0.meter].name == meter.name }.map(\.value)
            }
        }
        try await withCollector(source, sink: broker) { hypervisor in
            try await eventually("the source was polled", within: .seconds(60)) { !broker.batches.isEmpty }
            let domain = try await hypervisor.call(within: .seconds(60)) { connection throws(LibvirtError) in
                try connection.create(xml: document)
            }
            try await eventually("it was read at its start and at its end", within: .seconds(120)) {
                readings(domain.id, .cpuTime).count >= 2
            }
            let times = readings(domain.id, .cpuTime)
            #expect(times[1] > times[0], "it booted in between")
        }
    }

    /// Runs a collector of the servers, by one source, for as long as the body does.
    private func withCollector(
        _ source: PollingSource, sink: any BatchSink, _ body: (Hypervisor) async throws -> Void
    ) async throws {
        let hypervisor = Hypervisor(uri: try TestEnvironment.libvirt)
        try await withFolder { folder in
            var settings = CollectorSettings(host: "compute-1")
            settings.spoolDirectory = folder
            settings.jitter = .zero
            settings.pollsHost = false
            let service = try CollectorService(
                settings, polling: CurrentPolling(PollingDefinition(sources: [source])), source: hypervisor,
                sink: sink, instruments: CollectorInstruments(in: InstrumentRegistry()), logger: .quiet)
            let services = ServiceGroup(services: [service], logger: .quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                defer { group.cancelAll() }
                try await body(hypervisor)
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    @Test("a guest whose monitor hangs loses what only that could tell, and the other keeps its cadence")
    func hungMonitor() async throws {
        let guests = try Guest.all()
        let (well, hung) = (try #require(guests.first), try #require(guests.last))
        var limits = ServerPollLimits()
        limits.callDeadline = .seconds(2)
        let hypervisor = Hypervisor(uri: try TestEnvironment.libvirt)
        let registry = InstrumentRegistry()
        let pollster = ServerPollster(
            host: "compute-1", source: hypervisor, limits: limits, clock: ContinuousClock(), wallClock: .system,
            instruments: CollectorInstruments(in: registry), logger: .quiet)
        func guestsWithDisks() async -> Set<String> {
            let resources = await pollster.poll([.cpuTime, .diskReadBytes], for: "s", within: .seconds(30))
            return Set(resources.filter { $0.type.text == "instance_disk" }.map { String($0.id.text.prefix(36)) })
        }
        try await eventually("both are read") { await guestsWithDisks() == [well.id, hung.id] }
        try await Guest.withStopped("run/qemu/\(hung.name).pid") {
            for _ in 0..<4 {
                try await eventually("the other is read") { await guestsWithDisks() == [well.id] }
            }
        }
        #expect(hypervisor.abandonedConnections == 1)
        #expect(registry.exposition().contains("collector_poll_failures_total{reason=\"deadline\"} 0\n"))
        #expect(!registry.exposition().contains("collector_poll_failures_total{reason=\"incomplete\"} 0\n"))
        try await eventually("the guest is read again", within: .seconds(30)) { await guestsWithDisks().count == 2 }
    }

    @Test("a domain that starts is read at once, long before its source's next poll")
    func starts() async throws {
        let broker = ScriptedBroker()
        let source = PollingSource(
            name: "s", interval: .seconds(3_600), meters: MeterSelection(["power.state", "cpu.time"]))
        let name = "nephoscope-test-\(UInt32.random(in: 0 ... .max))"
        try await withCollector(source, sink: broker) { hypervisor in
            try await eventually("the source was polled", within: .seconds(30)) { !broker.batches.isEmpty }
            let domain = try await hypervisor.call(within: .seconds(60)) { connection throws(LibvirtError) in
                try connection.create(xml: Self.emptyMachine(name))
            }
            try await eventually("the new domain was read", within: .seconds(60)) {
                broker.batches.dropFirst().flatMap(\.resources).contains { $0.id.text == domain.id.text }
            }
            try await hypervisor.call(within: .seconds(60)) { connection throws(LibvirtError) in
                try connection.destroy(domain.id)
            }
        }
        let resource = broker.batches.last?.resources.first
        #expect(resource?.projectID == nil)
        #expect(resource?.attributes?.contains(BatchAttribute("display_name", name)) == true)
    }

    /// A machine that boots nothing.
    private static func emptyMachine(_ name: String) -> String {
        """
        <domain type='qemu'><name>\(name)</name><memory unit='MiB'>16</memory><vcpu>1</vcpu>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
        <devices><controller type='usb' model='none'/><memballoon model='none'/></devices></domain>
        """
    }

    @Test("a daemon that stops yields no samples and a failure, and when it goes on everything is read again")
    func stoppedDaemon() async throws {
        var limits = ServerPollLimits()
        limits.callDeadline = .milliseconds(500)
        let registry = InstrumentRegistry()
        let pollster = ServerPollster(
            host: "compute-1", source: Hypervisor(uri: try TestEnvironment.libvirt), limits: limits,
            clock: ContinuousClock(), wallClock: .system, instruments: CollectorInstruments(in: registry),
            logger: .quiet)
        func count() async -> Int { await pollster.poll([.cpu], for: "s", within: .seconds(30)).count }
        try await eventually("all are read") { await count() >= 2 }
        try await Guest.withStopped("pid/libvirtd") { #expect(await count() == 0) }
        try await eventually("all are read again") { await count() >= 2 }
        #expect(!registry.exposition().contains("collector_poll_failures_total{reason=\"deadline\"} 0\n"))
    }

    @Test("polls of real guests arrive on the topic, keyed by host, in order")
    func endToEnd() async throws {
        try await withTopics(["samples"]) { topics in
            try await withFolder { folder in
                var settings = CollectorSettings(host: "compute-1")
                settings.spoolDirectory = folder
                settings.jitter = .zero
                let sink = KafkaSink(
                    topic: topics["samples"], settings: ProducerSettings(client: topics.client), logger: .quiet)
                let source = PollingSource(name: "all", interval: .seconds(1), meters: MeterSelection(["*"]))
                let registry = InstrumentRegistry()
                let service = try CollectorService(
                    settings, polling: CurrentPolling(PollingDefinition(sources: [source])),
                    source: Hypervisor(uri: try TestEnvironment.libvirt), sink: sink,
                    instruments: CollectorInstruments(in: registry), logger: .quiet)
                let services = ServiceGroup(services: [service], logger: .quiet)
                let batches = try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await services.run() }
                    defer { group.cancelAll() }
                    let batches = try await read(3, from: topics)
                    await services.triggerGracefulShutdown()
                    try await group.waitForAll()
                    return batches
                }
                #expect(batches.map(\.sequence) == Array(0..<UInt64(batches.count)))
                #expect(Set(batches.map(\.epoch)).count == 1)
                let types = Set(batches.flatMap(\.resources).map(\.type.text))
                #expect(types.isSuperset(of: ["host"] + ServerResourceType.allCases.map(\.rawValue)))
                #expect(!registry.exposition().contains(/collector_samples_sent_total 0\n/))
            }
        }
    }

    private func read(_ count: Int, from topics: TestTopics) async throws -> [SampleBatch] {
        let consumer = try Consumer(ConsumerSettings(client: topics.client, group: topics.group), logger: .quiet)
        try await consumer.subscribe([topics["samples"]])
        var batches: [SampleBatch] = []
        let limit = PollLimit(messages: 10, bytes: 1_000_000, wait: .milliseconds(100), fill: .milliseconds(5))
        try await eventually("\(count) batches came", within: .seconds(60)) {
            let polled = try await consumer.poll(limit) { messages in
                try (0..<messages.count).map { index in
                    #expect(messages[index].key.map { String(decoding: $0, as: UTF8.self) } == "compute-1")
                    return try SampleBatch(decoding: messages[index].value)
                }
            }
            switch polled {
            case .assigned(let assignment):
                _ = try await consumer.start(assignment, at: [TopicPartition(topics["samples"], 0): .earliest])
            case .messages(let more): batches += more
            default: break
            }
            return batches.count >= count
        }
        await consumer.close()
        return batches
    }
}

/// A guest as `virsh domstats` shows it at one moment.
private struct Guest {
    let name: String
    let id: String
    let values: [String: Double]
    let texts: [String: String]

    typealias Expectation = (resource: String, meter: ServerMeter, read: (Guest) -> Double)

    /// Counters by resource, with how they follow from virsh's.
    var expectations: [Expectation] {
        let interface = "\(name)-\(id)-\(texts["net.0.name"] ?? "")"
        return [
            (id, .cpu, { $0.total("time") + $0.total("wait") }), (id, .cpuTime, { $0["cpu.time"] }),
            (id, .cpuSteal, { $0.total("delay") }), ("\(id)-vcpu0", .vcpuTime, { $0["vcpu.0.time"] }),
            ("\(id)-vda", .diskReadBytes, { $0["block.0.rd.bytes"] }),
            ("\(id)-vda", .diskWriteBytes, { $0["block.0.wr.bytes"] }),
            ("\(id)-vdb", .diskReadRequests, { $0["block.1.rd.reqs"] }),
            ("\(id)-vda", .diskCapacity, { $0["block.0.capacity"] }),
            (interface, .incomingBytes, { $0["net.0.rx.bytes"] }),
            (interface, .outgoingBytes, { $0["net.0.tx.bytes"] }),
            (interface, .incomingPackets, { $0["net.0.rx.pkts"] }),
            (interface, .outgoingPackets, { $0["net.0.tx.pkts"] }),
            (id, .vcpus, { $0["vcpu.current"] }), (id, .memory, { $0["balloon.current"] / 1_024 }),
            (id, .powerState, { $0["state.state"] }),
        ]
    }

    subscript(name: String) -> Double { values[name] ?? .nan }

    private func total(_ name: String) -> Double {
        (0..<Int(self["vcpu.current"])).reduce(0) { $0 + self["vcpu.\($1).\(name)"] }
    }

    static func all() throws -> [Guest] {
        // Other tests make domains of their own beside them.
        try virsh(["list", "--name"]).split(separator: "\n").filter { $0.hasPrefix("instance-") }
            .map { try Guest(String($0)) }
    }

    private init(_ name: String) throws {
        self.name = name
        id = try Self.virsh(["domuuid", name]).trimmingCharacters(in: .whitespacesAndNewlines)
        let pairs = try Self.virsh(["domstats", name]).split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (parts[0].trimmingCharacters(in: .whitespaces), String(parts[1])) : nil
        }
        texts = Dictionary(pairs) { first, _ in first }
        values = texts.compactMapValues { Double($0) }
    }

    /// A machine that boots the guests' kernel only to switch itself off.
    static func shortLived(_ name: String) throws -> String {
        """
        <domain type='qemu'><name>\(name)</name><memory unit='MiB'>96</memory><vcpu>1</vcpu>
        <os><type arch='x86_64' machine='q35'>hvm</type>
        <kernel>\(try folder)/guests/vmlinuz</kernel><initrd>\(try folder)/guests/initramfs</initrd>
        <cmdline>console=ttyS0 quiet no_timer_check panic=5 rdinit=/bin/busybox -- poweroff -f</cmdline></os>
        <features><acpi/><apic/></features><on_poweroff>destroy</on_poweroff>
        <devices><controller type='usb' model='none'/><memballoon model='none'/></devices></domain>
        """
    }

    /// Stops a process of the private libvirt for as long as the body runs: it lives, and answers nothing.
    static func withStopped(_ pidFile: String, _ body: () async throws -> Void) async throws {
        let text = try String(contentsOfFile: try folder + "/" + pidFile, encoding: .utf8)
        // Beside the number may stand the time at which the process started.
        let process = try #require(text.split(whereSeparator: \.isWhitespace).first.flatMap { Int32($0) })
        #expect(kill(process, SIGSTOP) == 0)
        defer { kill(process, SIGCONT) }
        try await body()
    }

    /// Where ops/lib/libvirt.sh keeps the private libvirt.
    private static var folder: String {
        get throws {
            let socket = try TestEnvironment.libvirt.split(separator: "=").last.map(String.init) ?? ""
            return URL(fileURLWithPath: socket).appendingPathComponent("../..").standardized.path
        }
    }

    /// Writes a command to the guest's console; `ops/guests/init` reads it.
    static func say(_ command: String, to name: String) throws {
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized.path
        let script = try "source '\(root)/ops/lib/libvirt.sh' && guest_say '\(folder)' '\(name)' \(command)"
        let result = try run("/bin/bash", ["-c", script])
        #expect(result.status == 0, "\(result.errors)")
    }

    private static func virsh(_ arguments: [String]) throws -> String {
        let result = try run("/usr/bin/virsh", ["-c", try TestEnvironment.libvirt] + arguments)
        guard result.status == 0 else { throw Failed(errors: result.errors) }
        return result.output
    }

    private struct Failed: Error {
        let errors: String
    }
}
