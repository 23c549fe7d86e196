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

    package let listen: ListenAddress
    package let tokenFile: String
    package let requestDeadline: Duration
    package let idleTimeout: Duration
    package let maxConnections: Int

    package init(reading section: SectionReader) {
        listen = section.custom(
            "listen", default: Self.listen, "Address and port; port 0 takes a free one and logs it.",
            spelling: { YAMLText.scalar($0.text) }
        ) { value in value.parse("an address and port such as 127.0.0.1:8041") { ListenAddress($0) } }
        tokenFile = section.string(
            "token_file", default: Self.tokenFile,
            "File with the operator token: 24 characters or more. Every route but health and /metrics asks for it.")
        requestDeadline = section.duration(
            "request_deadline", default: Self.requestDeadline, in: .seconds(1)...(.seconds(600)),
            "A request that takes longer is given up with 503.")
        idleTimeout = section.duration(
            "idle_timeout", default: Self.idleTimeout, in: .seconds(1)...(.seconds(3_600)),
            "A connection on which nothing comes for this long is closed.")
        maxConnections = section.int(
            "max_connections", default: Self.maxConnections, in: 1...100_000,
            "Connections served at once; further ones wait in the kernel's queue.")
    }
}

/// A host and a port to listen on.
package struct ListenAddress: Hashable, Sendable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8041`, `localhost:8041` or `[::1]:8041`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    package var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
