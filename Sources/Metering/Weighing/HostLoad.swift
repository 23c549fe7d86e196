package import Telemetry

/// How loaded a host is: smoothed figures of one tick, as the scheduler's weighers read them.
///
/// What could not be measured is missing and means "unknown", never "idle". Published as JSON, see `docs/specs/host-load.md`.
package struct HostLoad: Hashable, Sendable {
    package let host: HostName
    /// When the host was polled.
    package let tickAt: Instant
    /// How often it is polled.
    package let interval: Duration
    package let smoothing: Duration
    package let figures: [HostLoadFigure: Double]

    /// After this time without a newer record a reader must take the host's load for unknown.
    package var staleAfter: Duration { max(interval * 3, Self.shortestLife) }

    /// Two polls may be late on a busy network without the host being gone.
    private static let shortestLife = Duration.seconds(30)
}

/// The figures of a host's load, by their names in the record.
package enum HostLoadFigure: String, Hashable, Sendable, CaseIterable {
    /// Share of time in which the processors worked or were stolen.
    case cpuPercent = "cpu_percent"
    /// Share of time that a hypervisor below the host gave to others.
    case stealPercent = "steal_percent"
    /// Share of memory that new work can't have.
    case memoryPercent = "memory_percent"
    /// Bytes to and from block devices.
    case diskBytesPerSecond = "disk_bytes_per_second"
    /// Share of time in which the busiest disk had a request under way.
    case diskBusyPercent = "disk_busy_percent"
    /// Bytes in and out of the physical interfaces.
    case networkBytesPerSecond = "network_bytes_per_second"
    /// Share of time in which a task waited for a processor.
    case cpuPressurePercent = "cpu_pressure_percent"
    /// Share of time in which a task waited for I/O.
    case ioPressurePercent = "io_pressure_percent"
    /// Share of time in which a task waited for memory.
    case memoryPressurePercent = "memory_pressure_percent"
    /// The hottest sensor.
    case temperatureCelsius = "temperature_celsius"
    /// The processor packages together.
    case powerWatts = "power_watts"
}
