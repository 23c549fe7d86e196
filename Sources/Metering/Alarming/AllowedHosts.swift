internal import Aggregation
internal import Foundation

/// The hosts that webhooks may be sent to. Whoever writes alarm rules must not thereby reach into the cloud's own network.
///
/// An entry is a host, or a pattern such as `*.example.org`, with a port where it isn't the scheme's own. Hosts are compared as
/// they are written: an address in another notation is another host. Nothing is allowed by default.
package struct AllowedHosts: Hashable, Sendable {
    private let entries: [Entry]

    private struct Entry: Hashable {
        let host: GlobPattern
        let port: Int?
    }

    package init(_ texts: [String]) {
        entries = texts.map { text in
            let text = text.lowercased()
            let isBracketed = text.hasPrefix("[")
            let hostEnd = isBracketed ? text.firstIndex(of: "]").map { text.index(after: $0) } : text.lastIndex(of: ":")
            let host = String(text[..<(hostEnd ?? text.endIndex)])
            let rest = text[(hostEnd ?? text.endIndex)...]
            // The brackets of an IPv6 address would be a set of characters in a pattern.
            let bare = isBracketed ? String(host.dropFirst().dropLast()) : host
            return Entry(host: GlobPattern(bare), port: Int(rest.dropFirst()))
        }
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
        guard entries.contains(where: { $0.host.matches(name) && ($0.port ?? standardPort) == port }) else {
            throw .host(host, port: port)
        }
    }

    private static let ports = ["http": 80, "https": 443]
    /// Longer ones are refused by many servers anyway.
    private static let lengthLimit = 2048
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
