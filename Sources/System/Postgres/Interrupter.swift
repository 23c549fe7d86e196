import CPostgres
import Synchronization

/// Ends what a session is doing, from any thread: the statement under way and all later ones.
///
/// A session that was interrupted is not used again, so that a request which the server sees late can't hit somebody else's
/// statement. The request to the server is a short connection of its own and blocks while that lasts: call `interrupt()` on a
/// thread that may block.
package final class Interrupter: Sendable {
    private let state = Mutex(State())
    private let flag = Atomic(false)

    private struct State {
        var key: CancelKey?
    }

    /// Whether an end was asked for.
    package var isInterrupted: Bool { flag.load(ordering: .acquiring) }

    /// Lets no later statement of the session begin.
    ///
    /// Does not block.
    package func stopBeforeNextStatement() {
        flag.store(true, ordering: .releasing)
    }

    /// Asks the server to end the statement that is under way, and lets no later one begin.
    ///
    /// The server ignores a request that reaches it before the statement; the session asks again when it has sent one.
    package func interrupt() {
        stopBeforeNextStatement()
        sendCancel()
    }

    /// Asks the server to end the statement that is under way, for the session's own use: later ones may begin.
    func sendCancel() {
        let key = state.withLock { $0.key }
        key?.send()
    }

    func arm(_ key: OpaquePointer?) {
        guard let key else { return }
        let owned = CancelKey(key)
        state.withLock { $0.key = owned }
    }

    func disarm() {
        state.withLock { $0.key = nil }
    }
}

/// libpq's key for a cancel request.
// SAFETY: `PQcancel` only reads the key and may be called from any thread; the key is freed with its last reference.
private final class CancelKey: @unchecked Sendable {
    private let key: OpaquePointer

    init(_ key: OpaquePointer) { self.key = key }

    deinit { PQfreeCancel(key) }

    /// A refusal leaves the statement running, which is what no request would do too; so it is not reported.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(key, &message, Int32(message.count))
    }
}
