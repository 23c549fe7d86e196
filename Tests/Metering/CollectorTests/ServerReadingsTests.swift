import Libvirt
import Telemetry
import TestKit
import Testing

@testable import Collector

@Suite("From a domain's statistics to readings")
struct ServerReadingsTests {
    let at = Instant(seconds: 1_795_472_060)

    private func resources(
        _ statistics: DomainStatistics, _ identity: ServerIdentity, meters: Set<ServerMeter> = Set(ServerMeter.allCases)
    ) -> [PolledResource] {
        var history = TrafficHistory()
        return ServerReadings(statistics, of: identity, on: "compute-1", meters: meters, at: at).resources(&history)
    }

    private func value(_ meter: ServerMeter, _ resources: [PolledResource]) -> Double? {
        resources.flatMap(\.readings).first { $0.meter.name == meter.name }?.value
    }

    @Test("a recorded guest yields its samples", arguments: RecordedGuest.names)
    func recorded(name: String) throws {
        let guest = try RecordedGuest(name)
        var history = TrafficHistory()
        for interface in guest.description.interfaces {
            let id = ResourceID("\(guest.summary.name)-\(guest.summary.id)-\(interface.target)")
            _ = history.change(
                of: id, in: guest.summary.id, incoming: 1_181_000, outgoing: 1_183_000, at: at - .seconds(10))
        }
        let resources = ServerReadings(
            guest.statistics, of: ServerIdentity(guest.description), on: "compute-1",
            meters: Set(ServerMeter.allCases), at: at
        ).resources(&history)
        let difference = try difference(from: "server-\(name).txt", table(resources))
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("what libvirt did not report gives no reading, never zero")
    func unreported() throws {
        let guest = try RecordedGuest("instance-00000002")
        let identity = ServerIdentity(guest.description)
        let partial = resources(
            guest.statistics(without: "balloon.", "vcpu.1.delay", "block.0.rd.times", "net.0.rx.drop"), identity)
        for meter in [ServerMeter.memory, .memoryUsage, .memoryStatisticsAge, .cpuSteal, .incomingDrops] {
            #expect(value(meter, partial) == nil, "\(meter.rawValue)")
        }
        let rootDisk = partial.first { $0.id == ResourceID("\(guest.summary.id)-vda") }
        #expect(rootDisk?.readings.contains { $0.meter.name == ServerMeter.diskReadLatency.name } == false)
        let empty = DomainStatistics(domain: guest.summary)
        #expect(
            resources(empty, identity).flatMap(\.readings).map(\.meter.name) == [
                "disk.root.size", "disk.ephemeral.size",
            ])
        #expect(resources(empty, identity, meters: [.cpu, .memory]).isEmpty)
    }

    @Test("cpu is the vCPUs' run and wait time, and the domain's own time where a vCPU reports no wait")
    func processorTime() throws {
        let guest = try RecordedGuest("instance-00000002")
        let identity = ServerIdentity(guest.description)
        #expect(value(.cpu, resources(guest.statistics, identity)) == 64_810_000_000)
        #expect(value(.cpu, resources(guest.statistics(without: "vcpu.1.wait"), identity)) == 75_276_512_570)
        #expect(value(.cpu, resources(guest.statistics(without: "vcpu."), identity)) == 75_276_512_570)
        var waiting = guest.statistics
        waiting.vcpus[0].wait = 5
        #expect(value(.cpu, resources(waiting, identity)) == 64_810_000_005)
        #expect(value(.cpuWait, resources(waiting, identity)) == 5)
    }

    @Test("memory in use is what is available less what is usable, less what is unused where usable is not told")
    func memoryUsage() throws {
        let guest = try RecordedGuest("instance-00000002")
        let identity = ServerIdentity(guest.description)
        #expect(value(.memoryUsage, resources(guest.statistics, identity)) == Double(61_776 - 39_356) / 1_024)
        let old = guest.statistics(without: "balloon.usable")
        #expect(value(.memoryUsage, resources(old, identity)) == Double(61_776 - 32_680) / 1_024)
    }

    @Test("an interface with a network filter goes by the filter's name, and a drive without medium is left out")
    func devices() throws {
        let description = try DomainDescription(
            xml: """
                <domain><name>instance-9</name><uuid>8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e</uuid><devices>
                <disk device='cdrom'><target dev='sda'/></disk>
                <interface><target dev='tap9'/><filterref filter='nova-nic-9'/></interface></devices></domain>
                """)
        let statistics = DomainStatistics(
            domain: DomainSummary(id: description.id, name: description.name),
            parameters: [
                TypedParameter("block.0.name", .string("sda")), TypedParameter("block.0.rd.reqs", .unsigned(0)),
                TypedParameter("net.0.name", .string("tap9")), TypedParameter("net.0.rx.bytes", .unsigned(7)),
            ])
        let found = resources(statistics, ServerIdentity(description))
        #expect(found.map(\.id) == ["nova-nic-9"])
        #expect(found[0].attributes.contains(BatchAttribute("name", "nova-nic-9")))
    }

    @Test("a domain without Nova's metadata belongs to no project and says on which host it is")
    func unmanaged() throws {
        let identity = ServerIdentity(
            try DomainDescription(
                xml: "<domain><name>router</name><uuid>8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e</uuid></domain>"))
        var statistics = DomainStatistics(domain: DomainSummary(id: identity.description.id, name: "router"))
        statistics.state = .running
        let found = resources(statistics, identity)
        #expect(found.count == 1)
        #expect(found[0].projectID == nil)
        #expect(found[0].userID == nil)
        #expect(
            found[0].attributes == [
                BatchAttribute("host", "compute-1"), BatchAttribute("display_name", "router"),
                BatchAttribute("name", "router"),
            ])
    }

    @Test("before Nova wrote the flavor's id its name stands for it, and an endless name is cropped")
    func oldNova() throws {
        let name = String(repeating: "n", count: 300)
        let identity = ServerIdentity(
            try DomainDescription(
                xml: """
                    <domain><name>i</name><uuid>8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e</uuid><metadata>
                    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1"><nova:name>\(name)</nova:name>
                    <nova:flavor name="m1.tiny"><nova:disk>1</nova:disk></nova:flavor></nova:instance></metadata></domain>
                    """))
        let attributes = identity.attributes(on: "h")
        #expect(attributes.contains(BatchAttribute("flavor_id", "m1.tiny")))
        #expect(attributes.first { $0.key == "display_name" }?.value.count == 255)
        #expect(!attributes.contains { $0.key == "root_gb" })
    }

    private func table(_ resources: [PolledResource]) -> String {
        resources.map { resource in
            let owner = "project=\(resource.projectID?.text ?? "-") user=\(resource.userID?.text ?? "-")"
            let attributes = resource.attributes.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            let readings = resource.readings.map {
                "  \($0.meter.name) \($0.meter.kind.rawValue) \($0.value) \($0.meter.unit)"
            }
            return (["\(resource.type) \(resource.id) \(owner) (\(attributes))"] + readings).joined(separator: "\n")
        }.joined(separator: "\n") + "\n"
    }
}
