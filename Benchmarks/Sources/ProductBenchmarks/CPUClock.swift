import Glibc

/// The CPU time of this process, which other processes' load on the machine changes far less than the time of day.
enum CPUClock {
    /// Nanoseconds since the process began.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
