package import HostCounters
package import Telemetry

/// Turns a snapshot of a host's counters into readings: a pure function of two snapshots.
///
/// A counter that the snapshot lacks gives no reading. The earlier snapshot is used where a meter is a difference, and only
/// if it is of the same boot and earlier.
package struct HostReadings: Sendable {
    let host: HostName
    let snapshot: HostSnapshot
    let previous: HostSnapshot?

    package init(of snapshot: HostSnapshot, since previous: HostSnapshot?, on host: HostName) {
        self.host = host
        self.snapshot = snapshot
        let isComparable = previous.map { previous in
            previous.taken < snapshot.taken && previous.boot != nil && previous.boot?.id == snapshot.boot?.id
        }
        self.previous = isComparable == true ? previous : nil
    }

    /// The readings of these meters, by resource; resources without any are left out.
    package func resources(for meters: Set<HostMeter> = Set(HostMeter.allCases)) -> [HostResource] {
        var resources = [machine()] + numaNodes() + hugePagePools() + disks() + networkInterfaces()
        resources += sensors() + powerZones() + memoryControllers()
        for index in resources.indices { resources[index].keep(meters) }
        return resources.filter { !$0.readings.isEmpty }
    }

    private func machine() -> HostResource {
        var resource = HostResource(.host, of: host)
        addLoad(to: &resource)
        addProcessors(to: &resource)
        addSystem(to: &resource)
        addMemory(to: &resource)
        addPressure(to: &resource)
        return resource
    }

    private func addLoad(to resource: inout HostResource) {
        resource.add(.load1, snapshot.loadAverage?.oneMinute)
        resource.add(.load5, snapshot.loadAverage?.fiveMinutes)
        resource.add(.load15, snapshot.loadAverage?.fifteenMinutes)
    }

    private func addSystem(to resource: inout HostResource) {
        let blockSize: UInt64 = 512
        resource.add(.blocksOut, snapshot.virtualMemory?.pagedOut.map { $0 / blockSize })
        resource.add(.blocksIn, snapshot.virtualMemory?.pagedIn.map { $0 / blockSize })
        resource.add(.contextSwitches, snapshot.processors?.contextSwitches)
        resource.add(.interrupts, snapshot.processors?.interrupts)
        resource.add(.processesStarted, snapshot.processors?.forks)
        resource.add(.processesRunning, snapshot.processors?.running)
        resource.add(.processesBlocked, snapshot.processors?.blocked)
        // Whole seconds take three bytes of a batch, a fraction nine.
        resource.add(.uptime, snapshot.boot?.uptime.rounded(.down))
        resource.add(.datagramsOut, snapshot.internetProtocol?.sent)
        resource.add(.datagramsIn, snapshot.internetProtocol?.received)
    }

    private func addPressure(to resource: inout HostResource) {
        guard let pressure = snapshot.pressure else { return }
        resource.add(.pressureCPU, pressure.cpu?.some?.oneMinute)
        resource.add(.pressureIO, pressure.io?.some?.oneMinute)
        resource.add(.pressureIOFull, pressure.io?.full?.oneMinute)
        resource.add(.pressureMemory, pressure.memory?.some?.oneMinute)
        resource.add(.pressureMemoryFull, pressure.memory?.full?.oneMinute)
        resource.add(.pressureCPUTime, pressure.cpu?.some?.total)
        resource.add(.pressureIOTime, pressure.io?.some?.total)
        resource.add(.pressureIOFullTime, pressure.io?.full?.total)
        resource.add(.pressureMemoryTime, pressure.memory?.some?.total)
        resource.add(.pressureMemoryFullTime, pressure.memory?.full?.total)
    }
}
