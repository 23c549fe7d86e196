import CLibvirt

/// The C handles of one connection.
///
/// Domain pointers are kept between polls, because looking one up is a round trip to the daemon.
final class ConnectionHandle: @unchecked Sendable {
    // SAFETY: read and written only on the thread of the connection's executor: by `Connection`, which is isolated to it,
    // and by the closing closure, which `Connection.deinit` queues there as the last work.
    var connection: OpaquePointer?
    private var domains: [DomainID: OpaquePointer] = [:]

    /// Above this many kept pointers all are let go: domains that are gone leave theirs behind.
    private static let domainLimit = 8_192

    func domain(_ id: DomainID) -> OpaquePointer? {
        domains[id]
    }

    /// Takes over a reference to the domain.
    func keep(_ pointer: OpaquePointer, as id: DomainID) {
        if domains.count >= Self.domainLimit { forgetAll() }
        if let old = domains.updateValue(pointer, forKey: id) { virDomainFree(old) }
    }

    func forget(_ id: DomainID) {
        if let pointer = domains.removeValue(forKey: id) { virDomainFree(pointer) }
    }

    func close() {
        forgetAll()
        if let connection { virConnectClose(connection) }
        connection = nil
    }

    private func forgetAll() {
        for pointer in domains.values { virDomainFree(pointer) }
        domains = [:]
    }
}
