import CLibvirt
import Glibc
package import Threading

/// One connection to a hypervisor and the thread on which its calls block.
///
/// Every call runs on that thread, one after the other. A call that libvirt never answers blocks the thread for good;
/// `Hypervisor` gives calls a deadline and abandons such a connection. The connection closes when the last reference to
/// it is gone, on its own thread.
package actor Connection {
    /// Such as `qemu:///system`, `lxc:///`, `test:///default`.
    package nonisolated let uri: String
    nonisolated let executor: ThreadExecutor
    let handle = ConnectionHandle()
    /// Whether `virDomainListGetStats` answers with counters; drivers that lack it are asked domain by domain.
    var answersInBulk = true

    /// Seconds between libvirt's own questions whether the daemon is there, and how many may go unanswered: a daemon that
    /// stopped is noticed in 20 s, after which every call on the connection fails.
    private static let keepAliveInterval: Int32 = 5
    private static let keepAliveCount: UInt32 = 3

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes the thread; `open()` connects.
    package init(uri: String) throws(ThreadingError) {
        self.uri = uri
        executor = try ThreadExecutor(name: "libvirt")
    }

    deinit {
        executor.perform { [handle] in handle.close() }
        executor.shutdown()
    }

    /// Connects to the hypervisor; connects anew where the daemon closed the connection meanwhile.
    package func open() throws(LibvirtError) {
        guard !isAlive else { return }
        handle.close()
        try Library.load()
        guard let connection = virConnectOpen(uri) else { throw .last("virConnectOpen") }
        handle.connection = connection
        guard virConnectSetKeepAlive(connection, Self.keepAliveInterval, Self.keepAliveCount) >= 0 else {
            let error = LibvirtError.last("virConnectSetKeepAlive")
            // Drivers that live in this process have no daemon to lose.
            guard error.isUnsupported else {
                handle.close()
                throw error
            }
            try findAbilities()
            return
        }
        try findAbilities()
    }

    /// Closes the connection now; answers how many references to it libvirt still counts, 0 where it is closed in truth.
    package func close() -> Int {
        handle.close()
    }

    /// Whether the connection still works, as far as its socket tells.
    package var isAlive: Bool {
        guard let connection = handle.connection else { return false }
        return virConnectIsAlive(connection) == 1
    }

    /// The name of the driver: `QEMU`, `LXC`, `Xen`, `TEST`.
    package func driver() throws(LibvirtError) -> String {
        guard let type = virConnectGetType(try pointer) else { throw .last("virConnectGetType") }
        return String(cString: type)
    }

    /// The pointer of the open connection.
    var pointer: OpaquePointer {
        get throws(LibvirtError) {
            guard let connection = handle.connection else {
                throw LibvirtError(
                    code: .invalidConnection, domain: LibvirtError.Domain(rawValue: 0), level: .error,
                    message: "the connection is not open", operation: "open")
            }
            return connection
        }
    }

    /// The pointer of a domain; the connection keeps it.
    func domain(_ id: DomainID) throws(LibvirtError) -> OpaquePointer {
        if let pointer = handle.domain(id) { return pointer }
        guard let pointer = virDomainLookupByUUIDString(try pointer, id.text) else {
            throw .last("virDomainLookupByUUIDString")
        }
        handle.keep(pointer, as: id)
        return pointer
    }

    /// Lets the pointer of a domain go; called when the domain turned out not to exist.
    func forget(_ id: DomainID) {
        handle.forget(id)
    }

    private func findAbilities() throws(LibvirtError) {
        // The test driver answers bulk calls with the state alone (libvirt 9.0); others say that they cannot.
        answersInBulk = try driver() != "TEST"
    }
}

/// The text of a C string that libvirt allocated for us, which is freed.
func takeString(_ text: UnsafeMutablePointer<CChar>?, _ operation: String) throws(LibvirtError) -> String {
    guard let text else { throw .last(operation) }
    defer { free(text) }
    return String(cString: text)
}
