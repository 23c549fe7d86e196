// HostCounters
