import Foundation
import HostCounters
import Telemetry
import Testing

@testable import Collector

/// The catalogue and its page.
@Suite struct HostMeterTests {
    private static let start = "<!-- host meters: written from the catalogue in code; do not edit -->"
    private static let end = "<!-- end of host meters -->"

    @Test("every meter is defined and described", arguments: HostMeter.allCases)
    func definition(_ meter: HostMeter) {
        let definition = meter.definition
        #expect(meter.rawValue.hasPrefix("hardware."))
        #expect(!definition.unit.isEmpty)
        #expect(!definition.description.isEmpty)
        #expect(!definition.sources.isEmpty)
        #expect(!definition.resourceTypes.isEmpty)
    }

    @Test("the names that Ceilometer's SNMP pollsters had are all there")
    func oldNames() {
        let old = """
            cpu.load.1min cpu.load.5min cpu.load.15min cpu.util cpu.user cpu.nice cpu.system cpu.idle cpu.wait cpu.kernel
            cpu.interrupt disk.size.total disk.size.used disk.read.bytes disk.write.bytes disk.read.requests
            disk.write.requests memory.total memory.used memory.buffer memory.cached memory.swap.total memory.swap.avail
            network.incoming.bytes network.outgoing.bytes network.outgoing.errors network.ip.incoming.datagrams
            network.ip.outgoing.datagrams system_stats.io.incoming.blocks system_stats.io.outgoing.blocks
            system_stats.cpu.idle
            """
        for name in old.split(whereSeparator: \.isWhitespace) {
            #expect(HostMeter(rawValue: "hardware." + name) != nil, "\(name)")
        }
    }

    @Test("docs/meters.md documents every host meter of the catalogue as it is")
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
        var lines = ["| meter | kind | unit | resource type | source | what |", "|---|---|---|---|---|---|"]
        for meter in HostMeter.allCases {
            let definition = meter.definition
            let types = definition.resourceTypes.map(\.rawValue).joined(separator: ", ")
            let sources = definition.sources.map(\.rawValue).joined(separator: ", ")
            lines.append(
                "| \(meter.rawValue) | \(definition.kind.rawValue) | \(definition.unit) | \(types) | \(sources) "
                    + "| \(definition.description) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
