import Telemetry
import Testing

@testable import Weighing

/// From a host's ticks to its load.
@Suite struct HostLoadTrackerTests {
    private func near(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-6 } ?? false
    }

    private func step(_ tracker: inout HostLoadTracker, _ batch: SampleBatch) throws -> HostLoad {
        let load = tracker.step(batch)
        return try #require(load)
    }

    private func cpu(user: Double, idle: Double, steal: Double? = nil) -> [(String, Double)] {
        [("hardware.cpu.user", user), ("hardware.cpu.system", 0), ("hardware.cpu.idle", idle)]
            + (steal.map { [("hardware.cpu.steal", $0)] } ?? [])
    }

    @Test("processor time becomes percentages from the second tick on, steal counted as work")
    func processors() throws {
        var (host, tracker) = (ScriptedHost(), HostLoadTracker(timeConstant: .seconds(60)))
        let first = try step(&tracker, host.batch(cpu(user: 100, idle: 1000, steal: 10)))
        #expect(first.figures.isEmpty)
        host.second = 10
        let second = try step(&tracker, host.batch(cpu(user: 400, idle: 1500, steal: 210)))
        #expect(near(second.figures[.cpuPercent], 50))
        #expect(near(second.figures[.stealPercent], 20))
        #expect(second.tickAt == ScriptedHost.start + .seconds(10))
    }

    @Test("a meter that the host lacks leaves its figure out and never makes it zero")
    func missing() throws {
        var (host, tracker) = (ScriptedHost(), HostLoadTracker(timeConstant: .seconds(60)))
        _ = tracker.step(host.batch(cpu(user: 0, idle: 0)))
        host.second = 10
        let load = try step(&tracker, host.batch(cpu(user: 500, idle: 500)))
        #expect(Set(load.figures.keys) == [.cpuPercent])
    }

    @Test("a figure that is missing for a tick is absent then and smooth again afterwards")
    func gap() throws {
        var (host, tracker) = (ScriptedHost(), HostLoadTracker(timeConstant: .seconds(60)))
        let memory = [("hardware.memory.total", 100.0), ("hardware.memory.available", 20.0)]
        _ = tracker.step(host.batch(memory))
        host.second = 10
        #expect(try step(&tracker, host.batch([("hardware.cpu.idle", 1)])).figures[.memoryPercent] == nil)
        host.second = 20
        let back = tracker.step(host.batch([("hardware.memory.total", 100), ("hardware.memory.available", 100)]))
        let value = try #require(back?.figures[.memoryPercent])
        // Eighty percent twenty seconds ago, nothing now: e^(-1/3) of it is left.
        #expect(near(value, 80 * 0.7165313105737893))
    }

    @Test("a counter that restarted gives no figure in that tick")
    func reset() throws {
        var (host, tracker) = (ScriptedHost(), HostLoadTracker(timeConstant: .seconds(60)))
        let pressure = "hardware.pressure.cpu.some.time"
        _ = tracker.step(host.batch([(pressure, 9_000_000)]))
        host.second = 10
        #expect(try step(&tracker, host.batch([(pressure, 5)])).figures[.cpuPressurePercent] == nil)
        host.second = 20
        let load = try step(&tracker, host.batch([(pressure, 1_000_005)]))
        #expect(near(load.figures[.cpuPressurePercent], 10))
    }

    @Test("a batch that was sent twice, an older one and one without the host give no record")
    func ignored() {
        var (host, tracker) = (ScriptedHost(), HostLoadTracker(timeConstant: .seconds(60)))
        let first = host.batch(cpu(user: 0, idle: 0))
        host.second = 10
        let second = host.batch(cpu(user: 5, idle: 5))
        #expect(tracker.step(second) != nil)
        #expect(tracker.step(second) == nil)
        #expect(tracker.step(first) == nil)
        host.second = 20
        #expect(tracker.step(host.batch([("vm-1", "instance", [], [("cpu", 1)])])) == nil)
    }

    @Test("when the host's clock is set back its past is dropped and its load goes on")
    func clockStep() throws {
        var (host, tracker) = (ScriptedHost(second: 5000), HostLoadTracker(timeConstant: .seconds(60)))
        _ = tracker.step(host.batch(cpu(user: 0, idle: 0)))
        host.second = 10
        let stepped = try step(&tracker, host.batch(cpu(user: 900, idle: 100)))
        #expect(stepped.figures.isEmpty)
        host.second = 20
        let after = try step(&tracker, host.batch(cpu(user: 1000, idle: 200)))
        #expect(near(after.figures[.cpuPercent], 50))
    }

    @Test("a restarted collector goes on where the kernel's counters are")
    func newEpoch() throws {
        var (host, tracker) = (ScriptedHost(sequence: 900), HostLoadTracker(timeConstant: .seconds(60)))
        _ = tracker.step(host.batch(cpu(user: 0, idle: 0)))
        (host.epoch, host.sequence, host.second) = (2, 0, 30)
        let load = try step(&tracker, host.batch(cpu(user: 30, idle: 70)))
        #expect(near(load.figures[.cpuPercent], 30))
    }

    @Test(
        "devices are put together: blocks of the host, the busiest disk, physical interfaces, the hottest sensor, packages"
    )
    func devices() throws {
        var (host, tracker) = (ScriptedHost(), HostLoadTracker(timeConstant: .seconds(60)))
        func readings(_ factor: Double, attributes: Bool) -> ScriptedHost.Readings {
            let physical = { (value: String) in attributes ? [("physical", value)] : [] }
            return [
                (
                    "h", "host", [],
                    [
                        ("hardware.system_stats.io.incoming.blocks", 100 * factor),
                        ("hardware.system_stats.io.outgoing.blocks", 300 * factor),
                    ]
                ),
                ("h.sda", "host_disk", [], [("hardware.disk.busy.time", 2500 * factor)]),
                ("h.sdb", "host_disk", [], [("hardware.disk.busy.time", 7500 * factor)]),
                (
                    "h.eth0", "host_network_interface", physical("true"),
                    [
                        ("hardware.network.incoming.bytes", 1000 * factor),
                        ("hardware.network.outgoing.bytes", 500 * factor),
                    ]
                ),
                (
                    "h.br0", "host_network_interface", physical("false"),
                    [("hardware.network.incoming.bytes", 1000 * factor)]
                ),
                ("h.coretemp.0.temp1", "host_sensor", [], [("hardware.sensor.temperature", 61)]),
                ("h.nvme.temp1", "host_sensor", [], [("hardware.sensor.temperature", 70)]),
                ("h.intel-rapl:0", "host_power_zone", [], [("hardware.power", 120)]),
                ("h.intel-rapl:0:0", "host_power_zone", [], [("hardware.power", 20)]),
                ("h.intel-rapl:1", "host_power_zone", [], [("hardware.power", 110)]),
            ]
        }
        _ = tracker.step(host.batch(readings(1, attributes: true)))
        host.second = 10
        // Attributes are not sent with every batch; the interface's kind is remembered.
        let load = try step(&tracker, host.batch(readings(2, attributes: false)))
        #expect(near(load.figures[.diskBytesPerSecond], 40 * 512))
        #expect(near(load.figures[.diskBusyPercent], 75))
        #expect(near(load.figures[.networkBytesPerSecond], 150))
        #expect(near(load.figures[.temperatureCelsius], 70))
        #expect(near(load.figures[.powerWatts], 230))
    }

    @Test("a backlog of one host gives one record, and silent hosts are forgotten")
    func hosts() {
        var loads = HostLoads(timeConstant: .seconds(60))
        var (one, two) = (ScriptedHost(name: "a"), ScriptedHost(name: "b"))
        var batches: [SampleBatch] = []
        for second in 0..<5 {
            one.second = Double(second * 10)
            batches.append(one.batch(cpu(user: Double(second), idle: Double(second))))
        }
        batches.append(two.batch(cpu(user: 0, idle: 0)))
        let records = loads.step(batches)
        #expect(records.map(\.host) == ["a", "b"])
        #expect(records[0].tickAt == ScriptedHost.start + .seconds(40))
        #expect(loads.forget(before: ScriptedHost.start + .seconds(30)) == ["b"])
        #expect(loads.hostCount == 1)
    }
}
