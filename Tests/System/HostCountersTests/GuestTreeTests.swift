import Testing

@testable import HostCounters

/// What a recorded virtual machine's files say, which lacks most hardware counters.
@Suite struct GuestTreeTests {
    private let snapshot = CounterTree.smallGuest.snapshot()

    @Test("what the machine lacks is absent and named, never zero")
    func absences() {
        let absent: [HostSource] = [
            .memory, .sensors, .thermalZones, .powerZones, .memoryControllers, .frequencies, .scheduling,
        ]
        #expect(snapshot.problems.filter { $0.source != .filesystems }.map(\.source) == absent)
        #expect(snapshot.problems.filter { $0.source != .filesystems }.allSatisfy { $0.code == .absent })
        #expect(snapshot.problems.first { $0.source == .memory }?.path.hasSuffix("/meminfo: HardwareCorrupted") == true)
        #expect(snapshot.sensors == nil)
        #expect(snapshot.thermalZones == nil)
        #expect(snapshot.powerZones == nil)
        #expect(snapshot.memoryControllers == nil)
        #expect(snapshot.frequencies == nil)
        #expect(snapshot.scheduling == nil)
    }

    @Test("what the machine has is read")
    func presences() throws {
        let processors = try #require(snapshot.processors)
        #expect(processors.each.count == 2)
        #expect((processors.total.steal ?? 0) > 0)
        #expect(snapshot.memory?.total == 24_684_092 << 10)
        #expect(snapshot.disks?.map(\.name) == ["loop0", "loop1", "vda", "zram0"])
        #expect(snapshot.networkInterfaces?.map(\.name) == ["lo", "ifb0", "ifb1", "eth0"])
        #expect(snapshot.networkInterfaces?.first { $0.name == "eth0" }?.isPhysical == true)
        #expect(snapshot.numaNodes?.count == 1)
        #expect(snapshot.hugePages?.map(\.pageSize) == [2 << 20, 1 << 30])
    }

    @Test("only the sources that are asked for are read")
    func selection() {
        let snapshot = CounterTree.smallGuest.snapshot([.loadAverage, .sensors])
        #expect(snapshot.loadAverage != nil)
        #expect(snapshot.processors == nil)
        #expect(snapshot.problems.map(\.source) == [.sensors])
    }
}
