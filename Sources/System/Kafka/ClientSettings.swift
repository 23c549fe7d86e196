/// How a client reaches the cluster.
package struct ClientSettings: Hashable, Sendable {
    /// `host:port`, several separated by commas.
    package var bootstrap: String
    /// The name that brokers show in their logs and quotas.
    package var clientID: String
    /// Further librdkafka properties by their names, for security (`security.protocol`, `sasl.mechanism`, …).
    ///
    /// They are set last, but for those which a guarantee of this module rests on.
    package var properties: [String: String]
    /// How often librdkafka makes its statistics; zero for never.
    package var statisticsInterval: Duration = .zero

    package init(bootstrap: String, clientID: String, properties: [String: String] = [:]) {
        self.bootstrap = bootstrap
        self.clientID = clientID
        self.properties = properties
    }

    var common: [(String, String)] {
        [
            ("bootstrap.servers", bootstrap),
            ("client.id", clientID),
            // Log lines come through the client's queue, so that no librdkafka thread runs Swift code.
            ("log.queue", "true"),
            // An idle connection cut by the broker is not news.
            ("log.connection.close", "false"),
            ("statistics.interval.ms", "\(statisticsInterval.milliseconds)"),
            ("reconnect.backoff.max.ms", "2000"),
        ] + properties.sorted { $0.key < $1.key }
    }
}
