package import Documents
import Glibc
import HostCounters
package import ServiceKit
import Telemetry

/// The section `collector` of the configuration file.
package struct CollectorConfig: ConfigSection {
    package static let section = "collector"
    package static let about = "Polls the host that it runs on and the servers of its hypervisor."

    package let host: String?
    package let pollingFile: String
    package let pollsServers: Bool
    package let pollsHost: Bool
    package let hypervisor: String
    package let callDeadline: Duration
    package let callsAtATime: Int
    package let domainsPerCall: Int
    package let procfs: String
    package let sysfs: String
    package let filesystems: String
    package let jitter: Duration
    package let topic: String
    package let spoolDirectory: String
    package let spoolQuota: ByteCount

    package init(reading section: SectionReader) {
        typealias Standard = CollectorSettings
        let servers = ServerPollLimits()
        let roots = HostRoots()
        host = section.optionalString(
            "host", "Name of this host in all samples; the system's own where it is left out.")
        pollingFile = section.string(
            "polling_file", default: Standard.defaultPollingFile, "What is polled and how often; read again on SIGHUP.")
        pollsServers = section.bool("poll_servers", default: true, "Whether the hypervisor's servers are polled.")
        pollsHost = section.bool("poll_host", default: true, "Whether the host's own counters are polled.")
        hypervisor = section.string(
            "hypervisor", default: Standard.defaultHypervisor, "libvirt's URI of the hypervisor.")
        callDeadline = section.duration(
            "call_deadline", default: servers.callDeadline, in: .milliseconds(100)...(.seconds(300)),
            "How long a call to the hypervisor may take before it is given up.")
        callsAtATime = section.int(
            "calls_at_a_time", default: servers.callsAtATime, in: 1...8,
            "Calls to the hypervisor at a time, each on a connection of its own.")
        domainsPerCall = section.int(
            "domains_per_call", default: servers.domainsPerCall, in: 1...1_000, "Domains that are read in one call.")
        procfs = section.string("procfs_root", default: roots.procfs, "Where the kernel's process files are mounted.")
        sysfs = section.string("sysfs_root", default: roots.sysfs, "Where the kernel's device files are mounted.")
        filesystems = section.string(
            "filesystem_root", default: roots.filesystemPrefix,
            "Where the host's file systems are mounted; empty where this process sees them in their own places.")
        jitter = section.duration(
            "jitter", default: Standard.defaultJitter, in: .zero...(.seconds(300)),
            "A random part of it is waited before the first poll, so that hosts do not poll in step.")
        topic = section.string("topic", default: Standard.defaultTopic, "Topic that sample batches are sent to.")
        spoolDirectory = section.string(
            "spool_directory", default: Standard.defaultSpoolDirectory,
            "Where batches are kept until the broker has them; each collector needs its own.")
        spoolQuota = section.byteCount(
            "spool_quota", default: ByteCount(SpoolLimits.standardQuota), in: ByteCount(1 << 20)...ByteCount(1 << 40),
            "Above it the oldest batches are dropped and counted.")
    }

    /// The settings of the service.
    package var settings: CollectorSettings {
        var settings = CollectorSettings(host: HostName(host ?? Self.systemName))
        settings.pollsServers = pollsServers
        settings.pollsHost = pollsHost
        settings.hypervisor = hypervisor
        settings.servers.callDeadline = callDeadline
        settings.servers.callsAtATime = callsAtATime
        settings.servers.domainsPerCall = domainsPerCall
        settings.roots = HostRoots(procfs: procfs, sysfs: sysfs, filesystemPrefix: filesystems)
        settings.jitter = jitter
        settings.topic = topic
        settings.spoolDirectory = spoolDirectory
        settings.spool = SpoolLimits(quota: spoolQuota.bytes)
        return settings
    }

    /// The name of the machine (gethostname(2)).
    private static var systemName: String {
        var name = [UInt8](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        let result = name.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { gethostname($0, text.count) } ?? -1
            }
        }
        precondition(result == 0, "a buffer of HOST_NAME_MAX holds every name")
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }
}
