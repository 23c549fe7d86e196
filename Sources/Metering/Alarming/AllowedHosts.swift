internal import Aggregation
internal import Foundation

/// The hosts that webhooks may be sent to.
///
/// Whoever writes alarm rules must not thereby reach into the cloud's own network, so nothing is allowed by default. Hosts are
/// compared as they are written: an address in another notation is another host. Names are not resolved here; who lists a name
/// trusts whoever answers for it in DNS.
package struct AllowedHosts: Hashable, Sendable {
    package let entries: [AllowedHost]

    package init(_ entries: [AllowedHost]) {
        self.entries = entries
    }

    /// Refuses an address unless it is a plain http or https URL of an allowed host.
    package func check(_ url: String) throws(WebhookRefusal) {
        guard url.utf8.count <= Self.lengthLimit else { throw .tooLong(limit: Self.lengthLimit) }
        // The same parser as the HTTP client's, so that both see the same host.
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), let parsed = URL(string: url),
            let scheme = parsed.scheme?.lowercased(), let host = parsed.host, !host.isEmpty
        else { throw .malformed }
        guard let standardPort = Self.ports[scheme] else { throw .scheme(scheme) }
        guard parsed.user == nil, parsed.password == nil else { throw .credentials }
        let name = host.lowercased().trimmingCharacters(in: ["[", "]"])
        let port = parsed.port ?? standardPort
        guard entries.contains(where: { $0.admits(name, port: port, standard: standardPort) }) else {
            throw .host(host, port: port)
        }
    }

    private static let ports = ["http": 80, "https": 443]
    /// Longer ones are refused by many servers anyway.
    private static let lengthLimit = 2048
}

/// A host, or a pattern such as `*.example.org`; with `:8080` on that port alone, with `:*` on any, else on the scheme's own.
package struct AllowedHost: Hashable, Sendable {
    package let text: String
    private let host: GlobPattern
    private let port: Port

    private enum Port: Hashable {
        case standard
        case any
        case number(Int)
    }

    /// Nil for a text that is no host with or without a port.
    ///
    /// An IPv6 address stands in brackets.
    package init?(_ text: String) {
        let lowercased = text.lowercased()
        var rest = lowercased[...]
        let name: Substring
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            // Without the brackets, which would be a set of characters in a pattern.
            name = rest.dropFirst()[..<end]
            rest = rest[end...].dropFirst()
            guard name.utf8.allSatisfy({ Self.addressBytes.contains($0) }) else { return nil }
        } else {
            name = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(name.count)
            guard name.utf8.allSatisfy({ Self.nameBytes.contains($0) }) else { return nil }
        }
        guard !name.isEmpty, let port = Self.port(rest) else { return nil }
        self.text = text
        self.host = GlobPattern(String(name))
        self.port = port
    }

    func admits(_ host: String, port: Int, standard: Int) -> Bool {
        let isPortRight =
            switch self.port {
            case .standard: port == standard
            case .any: true
            case .number(let number): port == number
            }
        return isPortRight && self.host.matches(host)
    }

    private static func port(_ text: Substring) -> Port? {
        if text.isEmpty { return .standard }
        guard text.first == ":" else { return nil }
        if text == ":*" { return .any }
        guard let number = Int(text.dropFirst()), (1...65_535).contains(number) else { return nil }
        return .number(number)
    }

    private static let nameBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789-_.*".utf8)
    private static let addressBytes = Set("abcdef0123456789:.".utf8)
}

/// Why an address may not be a webhook's.
package enum WebhookRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed
    case tooLong(limit: Int)
    case scheme(String)
    case credentials
    case host(String, port: Int)

    package var description: String {
        switch self {
        case .malformed: "is not a URL with a host"
        case .tooLong(let limit): "is longer than \(limit) bytes"
        case .scheme(let scheme): "has the scheme \(scheme); http and https are possible"
        case .credentials: "holds a user name or password"
        case .host(let host, let port): "leads to \(host), port \(port), which alarming.allowed_hosts does not allow"
        }
    }
}
