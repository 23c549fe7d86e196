/// Where an HTTP server answers, and how much it lets its clients ask of it.
package struct ServerSettings: Sendable {
    package let listen: ListenAddress
    /// A request that takes longer is given up.
    package let requestDeadline: Duration
    /// A connection on which nothing comes for this long is closed.
    package let idleTimeout: Duration
    package let maxConnections: Int

    package init(listen: ListenAddress, requestDeadline: Duration, idleTimeout: Duration, maxConnections: Int) {
        self.listen = listen
        self.requestDeadline = requestDeadline
        self.idleTimeout = idleTimeout
        self.maxConnections = maxConnections
    }
}
