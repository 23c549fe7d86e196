internal import Telemetry

/// The meters of a host that its load is made from, by the names under which collectors send them.
enum HostLoadMeter: String, Hashable, Sendable, CaseIterable {
    case cpuUser = "hardware.cpu.user"
    case cpuNice = "hardware.cpu.nice"
    case cpuSystem = "hardware.cpu.system"
    case cpuIdle = "hardware.cpu.idle"
    case cpuWait = "hardware.cpu.wait"
    case cpuInterrupt = "hardware.cpu.interrupt"
    case cpuSoftInterrupt = "hardware.cpu.softinterrupt"
    case cpuSteal = "hardware.cpu.steal"
    case memoryTotal = "hardware.memory.total"
    case memoryAvailable = "hardware.memory.available"
    case blocksOut = "hardware.system_stats.io.outgoing.blocks"
    case blocksIn = "hardware.system_stats.io.incoming.blocks"
    case diskBusyTime = "hardware.disk.busy.time"
    case networkInBytes = "hardware.network.incoming.bytes"
    case networkOutBytes = "hardware.network.outgoing.bytes"
    case pressureCPUTime = "hardware.pressure.cpu.some.time"
    case pressureIOTime = "hardware.pressure.io.some.time"
    case pressureMemoryTime = "hardware.pressure.memory.some.time"
    case temperature = "hardware.sensor.temperature"
    case power = "hardware.power"

    var isCounter: Bool {
        switch self {
        case .memoryTotal, .memoryAvailable, .temperature, .power: false
        default: true
        }
    }
}
