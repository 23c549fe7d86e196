import Testing

@testable import HostCounters

/// What a two-socket server's files say.
@Suite struct ServerTreeTests {
    private let snapshot = CounterTree.twoSocketServer.snapshot()

    @Test("time by mode is read for the machine and for processors with gaps in their numbers")
    func processors() throws {
        let processors = try #require(snapshot.processors)
        #expect(processors.each.map(\.number) == [0, 1, 28, 29])
        #expect(processors.total.user == 480_060)
        #expect(processors.total.steal == 308)
        #expect(processors.total.guest == 16_000)
        #expect(processors.each[2].times.system == 30_002)
        #expect(processors.contextSwitches == 91_234_567)
        #expect(processors.interrupts == 5_000_000)
        #expect(processors.running == 3)
        let times = processors.total
        #expect(
            times.sum == times.user + times.nice + times.system + times.idle + times.ioWait + times.softInterrupt + 308)
    }

    @Test("load, memory and paging are read in bytes")
    func memory() throws {
        #expect(snapshot.loadAverage == LoadAverage(oneMinute: 12.5, fiveMinutes: 8.25, fifteenMinutes: 4.75))
        let memory = try #require(snapshot.memory)
        #expect(memory.total == 395_867_264 << 10)
        #expect(memory.available == 180_000_000 << 10)
        #expect(memory.hardwareCorrupted == 4096)
        #expect(snapshot.virtualMemory?.pagedIn == 4_096_000)
        #expect(snapshot.virtualMemory?.outOfMemoryKills == 2)
    }

    @Test("huge pages are read for every page size of the host and of each NUMA node")
    func hugePages() throws {
        #expect(
            snapshot.hugePages == [
                HugePagePool(pageSize: 2 << 20, total: 4096, free: 1024, surplus: 0, reserved: 512),
                HugePagePool(pageSize: 1 << 30, total: 128, free: 64, surplus: 0, reserved: 0),
            ])
        let nodes = try #require(snapshot.numaNodes)
        #expect(nodes.map(\.number) == [0, 1])
        #expect(nodes[1].memory?.free == 41_000_000 << 10)
        #expect(nodes[1].allocations?.miss == 21)
        #expect(nodes[0].hugePages.map(\.free) == [512, 32])
        #expect(nodes[0].hugePages.allSatisfy { $0.reserved == nil })
    }

    @Test("pressure has shares in percent and totals in microseconds")
    func pressure() {
        let stall = Stall(tenSeconds: 7.5, oneMinute: 6.25, fiveMinutes: 5, total: 400_000_000)
        #expect(snapshot.pressure?.cpu?.some == stall)
        #expect(snapshot.pressure?.memory?.full?.total == 8000)
    }

    @Test("disks have bytes, know partitions, and find names with a slash in sysfs")
    func disks() throws {
        let disks = try #require(snapshot.disks)
        #expect(disks.map(\.name) == ["sda", "sda1", "nvme0n1", "dm-0", "cciss/c0d0"])
        #expect(disks.map(\.isPartition) == [false, true, false, false, false])
        #expect(disks[2].readBytes == 2_048_000_000)
        #expect(disks[2].size == 7_501_476_528 * 512)
        #expect(disks[4].size == 4096 * 512)
        #expect(disks[4].weightedTime == 7)
    }

    @Test("interfaces keep 64-bit counters, and a link without a speed has none")
    func interfaces() throws {
        let interfaces = try #require(snapshot.networkInterfaces)
        #expect(interfaces.map(\.name) == ["lo", "ens1f0", "br-int", "ens1f1"])
        #expect(interfaces[1].received == PacketCounters(bytes: .max, packets: 9_000_000, errors: 3, dropped: 4))
        #expect(interfaces[1].sent == PacketCounters(bytes: 7_000_000_000, packets: 8_000_000, errors: 6, dropped: 7))
        #expect(interfaces.map(\.speed) == [nil, 25_000_000_000, nil, nil])
        #expect(interfaces.map(\.isPhysical) == [false, true, false, true])
        #expect(interfaces[3].operationalState == "down")
        #expect(snapshot.internetProtocol == InternetProtocol(received: 5000, sent: 6000, forwarded: 70))
    }

    @Test("sensors are in the quantity's unit and carry a device name that outlives the numbering")
    func sensors() throws {
        let sensors = try #require(snapshot.sensors)
        let readings = sensors.map { "\($0.device) \($0.name) \($0.label ?? "-") \($0.quantity) \($0.value)" }
        #expect(
            readings == [
                "coretemp.0 temp1 Package id 0 temperature 61.0", "coretemp.0 temp2 Core 0 temperature 58.5",
                "coretemp.1 temp1 Package id 1 temperature -5.0", "nct6775.656 curr1 - current 2.5",
                "nct6775.656 fan1 - fan 5400.0", "nct6775.656 fan2 - fan 0.0", "nct6775.656 in0 Vcore voltage 1.056",
                "nct6775.656 temp1 - temperature 34.0", "ACPI000D:00 power1 - power 412.0",
                "hwmon11 power1 Supply 1 power 205.5",
            ])
        let zones = try #require(snapshot.thermalZones)
        #expect(zones.map(\.type) == ["acpitz", "x86_pkg_temp"])
        #expect(zones.map(\.temperature) == [27.8, 61])
    }

    @Test("energy is read once per package, with its range and limit")
    func powerZones() throws {
        let zones = try #require(snapshot.powerZones)
        #expect(zones.map(\.id) == ["intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1", "intel-rapl:1:0"])
        #expect(zones[0].energy == 262_143_000_000)
        #expect(zones[0].range == 262_143_328_850)
        #expect(zones.map(\.powerLimit) == [198_000_000, nil, 198_000_000, nil])
    }

    @Test("memory errors are counted by controller and module")
    func memoryControllers() throws {
        let controllers = try #require(snapshot.memoryControllers)
        #expect(controllers.map(\.corrected) == [13, 0])
        #expect(controllers.map(\.uncorrected) == [0, 1])
        #expect(controllers[0].name == "Skylake Socket#0 IMC#0")
        #expect(controllers[0].modules.map(\.corrected) == [12, 1])
        #expect(controllers[1].modules.map(\.label) == ["CPU_SrcID#1_MC#0_Chan#0_DIMM#0"])
    }

    @Test("frequencies, scheduler statistics and the boot are read")
    func processorStates() throws {
        let policies = try #require(snapshot.frequencies)
        #expect(policies.map(\.current) == [3_100_000_000, 1_200_000_000])
        #expect(policies.map(\.processors) == [2, 2])
        #expect(
            snapshot.scheduling == Scheduling(running: 10_000_000_000, waiting: 1_400_000_000))
        #expect(snapshot.boot == Boot(uptime: 1_234_567.89, id: "5c1d8a44-3a0f-4e63-9d0c-6b1c2f7f0a01"))
    }

    @Test("the server's tree is whole except for the file systems that do not exist here")
    func problems() {
        #expect(snapshot.problems.allSatisfy { $0.source == .filesystems && $0.isRetriable })
    }
}
