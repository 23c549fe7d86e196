internal import Foundation
internal import Glibc
internal import Telemetry

/// What Prometheus' own clients expose of every process, from `/proc/self` (proc(5)).
package enum ProcessInstruments {
    /// Declares them; each is read when it is asked for, and absent where the kernel doesn't give it.
    package static func declare(in registry: InstrumentRegistry, clock: WallClock = .system) {
        let start = Double(clock.now.nanoseconds) / 1e9
        registry.readGauge("process_start_time_seconds", help: "Start of the process, in seconds since 1970.") { start }
        registry.readGauge("process_resident_memory_bytes", help: "Resident memory.") {
            statm(field: 1).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
        }
        registry.readGauge("process_virtual_memory_bytes", help: "Virtual memory.") {
            statm(field: 0).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
        }
        registry.readGauge("process_open_fds", help: "Open file descriptors.", openFiles)
        registry.readCounter("process_cpu_seconds_total", help: "Processor time, user and system.", cpuSeconds)
    }

    private static func statm(field: Int) -> Double? {
        guard let data = FileManager.default.contents(atPath: "/proc/self/statm") else { return nil }
        let fields = String(decoding: data, as: UTF8.self).split(separator: " ")
        return field < fields.count ? Double(fields[field]) : nil
    }

    private static func openFiles() -> Double? {
        do {
            return Double(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count)
        } catch {
            return nil  // no /proc, or out of descriptors: no reading rather than a wrong one
        }
    }

    private static func cpuSeconds() -> Double? {
        var usage = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
