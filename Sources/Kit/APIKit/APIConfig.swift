internal import Documents
package import ServiceKit

/// Section `api`: where and for whom the HTTP API answers.
package struct APIConfig: ConfigSection {
    package static let section = "api"
    package static let about = "The HTTP API: metrics, events, usage, health and self-telemetry."
    package static let listen = ListenAddress(host: "127.0.0.1", port: 8041)
    package static let tokenFile = "/etc/nephoscope/operator-token"
    package static let requestDeadline = Duration.seconds(30)
    package static let idleTimeout = Duration.seconds(60)
    package static let maxConnections = 1_000

    package let server: ServerSettings
    package let tokenFile: String

    package init(reading section: SectionReader) {
        let listen = section.listenAddress(default: Self.listen)
        tokenFile = section.string(
            "token_file", default: Self.tokenFile,
            "File with the operator token: 24 characters or more. Every route but health and /metrics asks for it.")
        let requestDeadline = section.duration(
            "request_deadline", default: Self.requestDeadline, in: .seconds(1)...(.seconds(600)),
            "A request that takes longer is given up with 503.")
        let idleTimeout = section.duration(
            "idle_timeout", default: Self.idleTimeout, in: .seconds(1)...(.seconds(3_600)),
            "A connection on which nothing comes for this long is closed.")
        let maxConnections = section.int(
            "max_connections", default: Self.maxConnections, in: 1...100_000,
            "Connections served at once; further ones wait in the kernel's queue.")
        server = ServerSettings(
            listen: listen, requestDeadline: requestDeadline, idleTimeout: idleTimeout, maxConnections: maxConnections)
    }
}
