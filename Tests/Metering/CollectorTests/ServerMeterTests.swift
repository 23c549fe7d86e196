import Foundation
import Telemetry
import Testing

@testable import Collector

@Suite("The catalogue of server meters")
struct ServerMeterTests {
    /// Ceilometer's compute pollsters: name, kind, unit and resource, as its documentation lists them.
    static let ceilometers = """
        power.state gauge - instance
        cpu cumulative ns instance
        vcpus gauge vcpu instance
        memory gauge MiB instance
        memory.available gauge MiB instance
        memory.usage gauge MiB instance
        memory.resident gauge MiB instance
        memory.swap.in cumulative MiB instance
        memory.swap.out cumulative MiB instance
        disk.device.read.requests cumulative request instance_disk
        disk.device.write.requests cumulative request instance_disk
        disk.device.read.bytes cumulative B instance_disk
        disk.device.write.bytes cumulative B instance_disk
        disk.device.read.latency cumulative ns instance_disk
        disk.device.write.latency cumulative ns instance_disk
        disk.device.capacity gauge B instance_disk
        disk.device.allocation gauge B instance_disk
        disk.device.usage gauge B instance_disk
        disk.root.size gauge GiB instance
        disk.ephemeral.size gauge GiB instance
        network.incoming.bytes cumulative B instance_network_interface
        network.outgoing.bytes cumulative B instance_network_interface
        network.incoming.packets cumulative packet instance_network_interface
        network.outgoing.packets cumulative packet instance_network_interface
        network.incoming.packets.drop cumulative packet instance_network_interface
        network.outgoing.packets.drop cumulative packet instance_network_interface
        network.incoming.packets.error cumulative packet instance_network_interface
        network.outgoing.packets.error cumulative packet instance_network_interface
        network.incoming.bytes.rate gauge B/s instance_network_interface
        network.outgoing.bytes.rate gauge B/s instance_network_interface
        network.incoming.bytes.delta delta B instance_network_interface
        network.outgoing.bytes.delta delta B instance_network_interface
        perf.cpu.cycles gauge - instance
        perf.instructions gauge - instance
        perf.cache.references gauge - instance
        perf.cache.misses gauge - instance
        """

    @Test("each of Ceilometer's compute meters is here with its kind, unit and resource, and no other is called its")
    func ceilometer() {
        let ours = ServerMeter.allCases.filter(\.definition.isCeilometers).map { meter in
            let definition = meter.definition
            let unit = definition.unit.isEmpty ? "-" : definition.unit
            return "\(meter.rawValue) \(definition.kind.rawValue) \(unit) \(definition.resourceType.rawValue)"
        }
        #expect(Set(ours) == Set(Self.ceilometers.split(separator: "\n").map(String.init)))
    }

    private static let start = "<!-- server meters: written from the catalogue in code; do not edit -->"
    private static let end = "<!-- end of server meters -->"

    @Test("docs/meters.md documents every server meter of the catalogue as it is")
    func documentation() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/meters.md").standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: Self.start + "\n"))
        let end = try #require(text.range(of: Self.end))
        let updated = text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: table)
        if ProcessInfo.processInfo.environment["UPDATE_EXPECTED"] == "1" {
            try Data(updated.utf8).write(to: page)
        } else {
            #expect(text == updated, "UPDATE_EXPECTED=1 rewrites the table")
        }
    }

    private var table: String {
        let rows = ServerMeter.allCases.map { meter in
            let definition = meter.definition
            let origin = definition.isCeilometers ? "Ceilometer" : "Nephoscope"
            return
                "| \(meter.rawValue) | \(definition.kind.rawValue) | \(definition.unit) | \(definition.resourceType.rawValue) "
                + "| \(origin) | \(definition.description) |"
        }
        return (["| meter | kind | unit | resource type | name from | what |", "|---|---|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }
}
