package import HostCounters
package import Telemetry

/// How a collector runs.
package struct CollectorSettings: Hashable, Sendable {
    /// The name under which the host's samples are sent; Nova's for it, so that both agree.
    package var host: HostName
    package var pollsServers = true
    package var pollsHost = true
    package var hypervisor = Self.defaultHypervisor
    package var servers = ServerPollLimits()
    package var roots = HostRoots()
    /// The random part of this that a source waits before its first poll, so that a cloud's hosts do not poll in step.
    package var jitter = Self.defaultJitter
    package var topic = Self.defaultTopic
    package var spoolDirectory = Self.defaultSpoolDirectory
    package var spool = SpoolLimits()

    package static let defaultHypervisor = "qemu:///system"
    package static let defaultJitter = Duration.seconds(3)
    package static let defaultTopic = "samples"
    package static let defaultPollingFile = "pipelines/polling.yaml"
    package static let defaultSpoolDirectory = "/var/lib/nephoscope/spool"

    package init(host: HostName) {
        self.host = host
    }
}
