internal import Documents
internal import ServiceKit

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

extension SectionReader {
    /// The key `listen` of a section that has a server of its own.
    func listenAddress(default address: ListenAddress) -> ListenAddress {
        custom(
            "listen", default: address, "Address and port; port 0 takes a free one and logs it.",
            spelling: { YAMLText.scalar($0.text) }
        ) { value in value.parse("an address and port such as 127.0.0.1:8041") { ListenAddress($0) } }
    }
}
