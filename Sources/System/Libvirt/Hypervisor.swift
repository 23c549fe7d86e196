import Synchronization
import Threading

/// A hypervisor, and calls to it that end in time.
///
/// A call into libvirt cannot be interrupted: a daemon or a monitor that hangs takes the calling thread with it. Each call
/// therefore has a deadline. Past it the connection is abandoned together with its thread, counted, and the next call opens
/// another one; should the abandoned call return after all, its connection closes then.
package final class Hypervisor: Sendable {
    package let uri: String
    private let state = Mutex(State())

    /// Calls that hang at the same time; above it new ones are refused, so that a daemon that is gone for hours does not
    /// collect threads without end.
    package static let hungCallLimit = 16
    /// Connections that are kept between calls.
    private static let idleLimit = 8

    private struct State {
        var idle: [Connection] = []
        var hungCalls = 0
        var abandonedConnections = 0
    }

    package init(uri: String) {
        self.uri = uri
    }

    /// How many connections were abandoned since the start.
    package var abandonedConnections: Int {
        state.withLock { $0.abandonedConnections }
    }

    /// Runs `body` on a connection's own thread, opening one where none is idle.
    ///
    /// The deadline holds for the connection's opening and `body` together. Throws what `body` throws, `HypervisorError`,
    /// or `CancellationError` where the task is cancelled, which abandons the connection too.
    package func call<Result: Sendable>(
        within deadline: Duration, _ body: @escaping @Sendable (isolated Connection) throws(LibvirtError) -> Result
    ) async throws -> Result {
        try await run(on: try takeConnection(), within: deadline, keeps: true, body)
    }

    /// What happens to domains from now on, on a connection of its own that lives as long as the stream.
    ///
    /// The stream ends when that connection is lost.
    package func events(within deadline: Duration) async throws -> AsyncStream<DomainEvent> {
        try state.withLock { try Self.refuseAboveLimit($0) }
        return try await run(on: try Connection(uri: uri), within: deadline, keeps: false) {
            connection throws(LibvirtError) in try connection.events()
        }
    }

    private func run<Result: Sendable>(
        on connection: Connection, within deadline: Duration, keeps: Bool,
        _ body: @escaping @Sendable (isolated Connection) throws(LibvirtError) -> Result
    ) async throws -> Result {
        let outcome = Outcome<Result>()
        connection.executor.perform { [self] in
            let result = connection.assumeIsolated { connection in
                Self.result { () throws(LibvirtError) in
                    try connection.open()
                    return try body(connection)
                }
            }
            let isWanted = outcome.settle(result) { if keeps { putBack(connection, after: result) } }
            if !isWanted { state.withLock { $0.hungCalls -= 1 } }
        }
        do {
            return try await outcome.value(within: deadline)
        } catch {
            if outcome.abandon() {
                state.withLock {
                    $0.abandonedConnections += 1
                    $0.hungCalls += 1
                }
            }
            throw error
        }
    }

    private func takeConnection() throws -> Connection {
        let idle: Connection? = try state.withLock { state in
            try Self.refuseAboveLimit(state)
            return state.idle.popLast()
        }
        return try idle ?? Connection(uri: uri)
    }

    private static func refuseAboveLimit(_ state: State) throws {
        guard state.hungCalls < hungCallLimit else { throw HypervisorError.tooManyHungCalls(state.hungCalls) }
    }

    /// Keeps the connection for the next call unless the last one showed that it is lost.
    private func putBack<Result>(_ connection: Connection, after result: Swift.Result<Result, LibvirtError>) {
        if case .failure(let error) = result, error.isConnectionLost { return }
        state.withLock { state in
            if state.idle.count < Self.idleLimit { state.idle.append(connection) }
        }
    }

    private static func result<Value>(
        _ body: () throws(LibvirtError) -> Value
    ) -> Swift.Result<Value, LibvirtError> {
        do throws(LibvirtError) { return .success(try body()) } catch { return .failure(error) }
    }
}
