import CLibvirt

/// The C handles of one connection.
///
/// Domain pointers are kept between polls, because looking one up is a round trip to the daemon.
final class ConnectionHandle: @unchecked Sendable {
    // SAFETY: read and written only on the thread of the connection's executor: by `Connection`, which is isolated to it,
    // and by the closing closure, which `Connection.deinit` queues there as the last work.
    var connection: OpaquePointer?
    private var domains: [DomainID: OpaquePointer] = [:]

    /// What was registered with the connection; each holds a reference to it.
    private var eventCallbacks: [Int32] = []
    private var closeCallback: virConnectCloseFunc?
    /// Drivers in this process take a callback for the connection's loss and never let it go, so that the end of the stream
    /// cannot rest on that.
    private var events: AsyncStream<DomainEvent>.Continuation?

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

    /// Notes a callback that was registered with the connection.
    func keep(eventCallback: Int32) {
        eventCallbacks.append(eventCallback)
    }

    /// Notes the callback that was registered for the connection's loss.
    func keep(closeCallback: @escaping virConnectCloseFunc) {
        self.closeCallback = closeCallback
    }

    /// Notes the stream that ends when the connection closes.
    func keep(events: AsyncStream<DomainEvent>.Continuation) {
        self.events = events
    }

    /// Takes back what was registered, which would keep the connection open, and closes it.
    ///
    /// Answers how many references libvirt still counts.
    @discardableResult
    func close() -> Int {
        forgetAll()
        guard let connection else { return 0 }
        self.connection = nil
        // Where the daemon is gone these fail at once, and libvirt drops the callbacks with the connection.
        for callback in eventCallbacks { _ = virConnectDomainEventDeregisterAny(connection, callback) }
        if let closeCallback { _ = virConnectUnregisterCloseCallback(connection, closeCallback) }
        (eventCallbacks, closeCallback) = ([], nil)
        events?.finish()
        events = nil
        return Int(max(0, virConnectClose(connection)))
    }

    private func forgetAll() {
        for pointer in domains.values { virDomainFree(pointer) }
        domains = [:]
    }
}
