import CPostgres
import Glibc

/// A message that another session sent by NOTIFY.
package struct ChannelNotification: Hashable, Sendable {
    package let channel: String
    package let payload: String
    /// The sender's process, as in `pg_stat_activity.pid`.
    package let processID: Int32
}

extension Session {
    /// Receives the notifications of a channel from now on.
    ///
    /// For a session that is kept for this, not one of a pool.
    package func listen(to channel: String) throws {
        try execute("LISTEN \(identifier: channel)")
    }

    package func stopListening(to channel: String) throws {
        try execute("UNLISTEN \(identifier: channel)")
    }

    /// Sends a notification when the transaction commits; the payload is less than 8,000 bytes, which is the server's limit.
    package func notify(_ channel: String, payload: String) throws {
        try execute("SELECT pg_notify(\(channel), \(payload))")
    }

    /// The notifications that have arrived; waits for the first one up to `timeout`, and returns none after that.
    ///
    /// The session's thread waits in the kernel and serves nothing else meanwhile, so `timeout` is also how long a stop may take.
    package func notifications(timeout: Duration) throws -> [ChannelNotification] {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        let connection = try live("wait for notifications")
        while true {
            guard PQconsumeInput(connection.handle) == 1 else { throw connection.failure(of: "wait for notifications") }
            let arrived = received(connection)
            let rest = deadline - clock.now
            if !arrived.isEmpty || rest <= .zero { return arrived }
            var descriptor = pollfd(fd: PQsocket(connection.handle), events: Int16(POLLIN), revents: 0)
            // Rounded up, so that the last millisecond is not spent in a busy loop.
            poll(&descriptor, 1, Int32(clamping: rest.wholeMilliseconds + 1))
        }
    }

    private func received(_ connection: Connection) -> [ChannelNotification] {
        var all: [ChannelNotification] = []
        while let notification = PQnotifies(connection.handle) {
            defer { PQfreemem(notification) }
            all.append(
                ChannelNotification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra), processID: notification.pointee.be_pid))
        }
        return all
    }

    /// Whether the server has said something while the session was idle, which is its farewell in practice: nothing else but
    /// notifications comes unasked, and sessions of a pool don't listen.
    func noticesLoss() -> Bool {
        guard let connection, connection.isAlive else { return true }
        var descriptor = pollfd(fd: PQsocket(connection.handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) != 0
    }
}
