package import ServiceKit

/// Section `monitoring`: where each process tells of itself, whatever its roles are.
package struct MonitoringConfig: ConfigSection {
    package static let section = "monitoring"
    package static let about =
        "Health and self-telemetry of this process: /healthz, /readyz and /metrics, open to whoever reaches the port."
    package static let listen = ListenAddress(host: "127.0.0.1", port: 8042)

    package let server: ServerSettings

    /// A scraper and a supervisor ask here, each with few connections; the answers come from memory but for readiness.
    private static let requestDeadline = Duration.seconds(10)
    private static let idleTimeout = Duration.seconds(60)
    private static let maxConnections = 64

    package init(reading section: SectionReader) {
        server = ServerSettings(
            listen: section.listenAddress(default: Self.listen), requestDeadline: Self.requestDeadline,
            idleTimeout: Self.idleTimeout, maxConnections: Self.maxConnections)
    }
}
