import HostCounters
import Telemetry
import TestKit
import Testing

@testable import Collector

/// From counter files to readings.
@Suite struct HostReadingsTests {
    private func text(_ resources: [HostResource]) -> String {
        resources.map { resource in
            let attributes = resource.attributes.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            let readings = resource.readings.map { reading in
                let definition = reading.meter.definition
                return "  \(reading.meter.rawValue) \(definition.kind.rawValue) \(reading.value) \(definition.unit)"
            }
            return (["\(resource.type.rawValue) \(resource.id) (\(attributes))"] + readings).joined(separator: "\n")
        }.joined(separator: "\n") + "\n"
    }

    @Test("a guest without sensors yields what it has")
    func guest() throws {
        let snapshot = HostTrees.snapshot(HostTrees.roots("small-guest"), at: 10)
        let readings = HostReadings(of: snapshot, since: nil, on: "guest-1")
        let difference = try difference(from: "host-small-guest.txt", text(readings.resources()))
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("a two-socket server yields every kind of resource")
    func server() throws {
        let before = HostTrees.snapshot(HostTrees.roots("two-socket-server"), at: 10)
        try HostTrees.withChanged("two-socket-server", HostTrees.tenSecondsLater) { roots in
            let readings = HostReadings(of: HostTrees.snapshot(roots, at: 20), since: before, on: "compute-7")
            let resources = readings.resources()
            let difference = try difference(from: "host-two-socket-server.txt", text(resources))
            #expect(difference == nil, "\(difference ?? "")")
            let types = Set(resources.map(\.type))
            #expect(types == Set(HostResourceType.allCases))
            #expect(Set(resources.map(\.id)).count == resources.count)
        }
    }

    @Test("each reading's resource has a type that the catalogue gives its meter, and every meter is produced")
    func catalogue() throws {
        let before = HostTrees.snapshot(HostTrees.roots("two-socket-server"), at: 10)
        let live = HostTrees.snapshot(HostRoots(), at: 10)
        try HostTrees.withChanged("two-socket-server", HostTrees.tenSecondsLater) { roots in
            // The sizes of file systems come from this machine, everything else from the server.
            let resources =
                HostReadings(of: HostTrees.snapshot(roots, at: 20), since: before, on: "a").resources()
                + HostReadings(of: live, since: nil, on: "b").resources()
            for resource in resources {
                for reading in resource.readings {
                    #expect(reading.meter.definition.resourceTypes.contains(resource.type), "\(reading.meter)")
                }
            }
            let produced = Set(resources.flatMap { $0.readings.map(\.meter) })
            #expect(produced == Set(HostMeter.allCases), "\(Set(HostMeter.allCases).subtracting(produced))")
        }
    }

    @Test("percentages are of the time since the earlier snapshot")
    func percentages() throws {
        let before = HostTrees.snapshot(HostTrees.roots("two-socket-server"), at: 10)
        try HostTrees.withChanged("two-socket-server", HostTrees.tenSecondsLater) { roots in
            let after = HostTrees.snapshot(roots, at: 20)
            let share = try #require(ProcessorShare(from: before.processors?.total, to: after.processors?.total))
            // User 1,000 and steal 100 ticks, idle 2,000 and I/O wait 400.
            #expect(abs(share.busyPercent - 1100.0 / 35) < 1e-9)
            #expect(abs(share.idlePercent - 2000.0 / 35) < 1e-9)
            #expect(abs((share.stealPercent ?? 0) - 100.0 / 35) < 1e-9)
        }
    }

    @Test("without an earlier snapshot of the same boot there is no percentage and no energy")
    func incomparable() throws {
        let roots = HostTrees.roots("two-socket-server")
        let first = HostTrees.snapshot(roots, at: 10)
        let differences = Set(HostMeter.allCases.filter(\.definition.needsPrevious))
        #expect(HostReadings(of: first, since: nil, on: "h").resources(for: differences).isEmpty)
        #expect(HostReadings(of: first, since: first, on: "h").resources(for: differences).isEmpty)
        let reboot = ["proc/sys/kernel/random/boot_id": "00000000-0000-4000-8000-000000000001\n"]
        try HostTrees.withChanged("two-socket-server", reboot) { roots in
            let second = HostTrees.snapshot(roots, at: 20)
            #expect(HostReadings(of: second, since: first, on: "h").resources(for: differences).isEmpty)
        }
    }

    @Test("only the meters that are asked for are read")
    func selection() {
        var pollster = HostPollster(
            host: "h", meters: [.load1, .networkInBytes], roots: HostTrees.roots("two-socket-server"))
        let poll = pollster.poll()
        #expect(Set(poll.resources.flatMap { $0.readings.map(\.meter) }) == [.load1, .networkInBytes])
        #expect(poll.snapshot.memory == nil)
        #expect(poll.newProblems.isEmpty)
    }

    @Test("what the machine lacks yields no reading and is named once")
    func absence() {
        var pollster = HostPollster(
            host: "h", meters: [.temperature, .fan, .load1], roots: HostTrees.roots("small-guest"))
        let first = pollster.poll()
        #expect(first.resources.flatMap { $0.readings.map(\.meter) } == [.load1])
        #expect(first.newProblems.map(\.source) == [.sensors, .thermalZones])
        #expect(first.failures.isEmpty)
        #expect(pollster.poll().newProblems.isEmpty)
    }

    @Test("this machine's pollster gives percentages from its second poll on")
    func live() {
        var pollster = HostPollster(host: "h", meters: [.cpuUtil, .systemCPUIdle], roots: HostRoots())
        #expect(pollster.poll().resources.isEmpty)
        var readings: [HostReading] = []
        // A tick is ten milliseconds; two polls within one have no time between them.
        for _ in 0..<100_000 where readings.isEmpty { readings = pollster.poll().resources.flatMap(\.readings) }
        #expect(readings.map(\.meter) == [.cpuUtil, .systemCPUIdle])
        #expect(readings.allSatisfy { (0...100).contains($0.value) })
    }
}
