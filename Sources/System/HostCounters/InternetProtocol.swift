/// The host's IPv4 datagrams since boot (`/proc/net/snmp`, RFC 4293's names).
package struct InternetProtocol: Hashable, Sendable {
    package let received: UInt64
    /// Handed to IP by this host's own protocols; forwarded ones are not in it.
    package let sent: UInt64
    package let forwarded: UInt64
}

extension InternetProtocol {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> InternetProtocol {
        let path = tree.ofFirstProcess("/net/snmp", else: "/net/snmp")
        var scanner = try tree.lines(path)
        // A line of names and a line of values belong together and both begin with the protocol.
        while var names = scanner.line() {
            guard names.word()?.text() == "Ip:" else { continue }
            guard var values = scanner.line(), values.word()?.text() == "Ip:" else { break }
            var counters: [String: UInt64] = [:]
            while let name = names.word()?.text(), let value = values.signed() {
                counters[name] = UInt64(exactly: value)
            }
            guard let received = counters["InReceives"], let sent = counters["OutRequests"],
                let forwarded = counters["ForwDatagrams"]
            else { break }
            return InternetProtocol(received: received, sent: sent, forwarded: forwarded)
        }
        throw tree.malformed(path, "InReceives, OutRequests and ForwDatagrams of Ip")
    }
}
