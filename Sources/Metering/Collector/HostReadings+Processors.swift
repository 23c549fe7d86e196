package import HostCounters

extension HostReadings {
    func addProcessors(to resource: inout HostResource) {
        if let processors = snapshot.processors {
            addTimes(processors.total, to: &resource)
            resource.add(.cpuOnline, Double(processors.each.count))
        }
        if let share = ProcessorShare(from: previous?.processors?.total, to: snapshot.processors?.total) {
            resource.add(.cpuUtil, share.busyPercent)
            resource.add(.systemCPUIdle, share.idlePercent)
        }
        resource.add(.cpuRunTime, snapshot.scheduling?.running)
        resource.add(.cpuWaitTime, snapshot.scheduling?.waiting)
        addFrequencies(to: &resource)
    }

    private func addTimes(_ times: ProcessorTimes, to resource: inout HostResource) {
        resource.add(.cpuUser, times.user)
        resource.add(.cpuNice, times.nice)
        resource.add(.cpuSystem, times.system)
        resource.add(.cpuIdle, times.idle)
        resource.add(.cpuWait, times.ioWait)
        resource.add(.cpuKernel, times.system &+ times.interrupt &+ times.softInterrupt)
        resource.add(.cpuInterrupt, times.interrupt)
        resource.add(.cpuSoftInterrupt, times.softInterrupt)
        resource.add(.cpuSteal, times.steal)
        resource.add(.cpuGuest, times.guest)
        resource.add(.cpuGuestNice, times.guestNice)
    }

    private func addFrequencies(to resource: inout HostResource) {
        guard let policies = snapshot.frequencies else { return }
        let processors = policies.reduce(0) { $0 + $1.processors }
        guard processors > 0 else { return }
        let sum = policies.reduce(0.0) { $0 + Double($1.current) * Double($1.processors) }
        // Hertz below one are noise, and whole numbers are short on the wire.
        resource.add(.cpuFrequency, (sum / Double(processors)).rounded())
        resource.add(.cpuFrequencyLowest, policies.lazy.map(\.current).min())
        resource.add(.cpuFrequencyHighest, policies.lazy.map(\.current).max())
    }
}

/// What the processors did between two readings.
package struct ProcessorShare: Hashable, Sendable {
    package let busyPercent: Double
    package let idlePercent: Double
    /// Nil where the kernel does not count steal.
    package let stealPercent: Double?

    /// Nil without two readings, and where no time passed between them.
    package init?(from earlier: ProcessorTimes?, to later: ProcessorTimes?) {
        guard let earlier, let later else { return nil }
        // The kernel may take back a little idle and I/O wait time when a processor sleeps; that is no negative share.
        func passed(_ mode: KeyPath<ProcessorTimes, UInt64>) -> Double {
            let (before, after) = (earlier[keyPath: mode], later[keyPath: mode])
            return after > before ? Double(after - before) : 0
        }
        let stolen: Double? =
            if let before = earlier.steal, let after = later.steal { after > before ? Double(after - before) : 0 } else
            { nil }
        let working = [\ProcessorTimes.user, \.nice, \.system, \.interrupt, \.softInterrupt]
        let busy = working.reduce(stolen ?? 0) { $0 + passed($1) }
        let idle = passed(\.idle)
        let total = busy + idle + passed(\.ioWait)
        guard total > 0 else { return nil }
        busyPercent = busy / total * 100
        idlePercent = idle / total * 100
        stealPercent = stolen.map { $0 / total * 100 }
    }
}
