/// How a member of a consumer group behaves.
///
/// Always: no automatic commits, no automatic choice of a start offset (a start that the broker does not have is an error
/// value), and the eager protocol, in which a rebalance takes all partitions from all members before it hands them out.
package struct ConsumerSettings: Hashable, Sendable {
    package var client: ClientSettings
    package var group: String
    /// After this long without a heartbeat (librdkafka's own thread sends them) the group gives the partitions away.
    package var sessionTimeout: Duration = .seconds(15)
    /// After this long between two polls the member leaves the group.
    ///
    /// Also how long a rebalance waits at most for a member that does not answer, so that one that vanished in the middle
    /// of joining holds up the others no longer than this. Longer than a transaction may take.
    package var pollInterval: Duration = .seconds(60)
    /// A name that is this member's alone and stays the same over restarts (static membership, KIP-345): a member that died and
    /// comes back takes its partitions up at once. Nil for a member that the group forgets when it leaves.
    package var instance: String?
    /// The largest response that the client accepts.
    ///
    /// Some brokers ignore the limits that a fetch asks for and answer with the whole rest of a partition; past this
    /// size a consumer would stand still for good.
    package var responseSizeLimit = 1_000_000_000
    /// How many KiB of fetched messages may wait in memory for one consumer.
    package var prefetchKibibyteLimit = 65_536

    package init(client: ClientSettings, group: String) {
        self.client = client
        self.group = group
    }

    var properties: [(String, String)] {
        [
            ("session.timeout.ms", "\(sessionTimeout.milliseconds)"),
            ("heartbeat.interval.ms", "\((sessionTimeout / 5).milliseconds)"),
            ("max.poll.interval.ms", "\(max(pollInterval, sessionTimeout).milliseconds)"),
            ("receive.message.max.bytes", "\(responseSizeLimit)"),
            ("queued.max.messages.kbytes", "\(prefetchKibibyteLimit)"),
            // A topic that appears after the start is noticed within this time.
            ("topic.metadata.refresh.interval.ms", "10000"),
        ] + (instance.map { [("group.instance.id", $0)] } ?? []) + client.common + [
            ("group.id", group),
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"),
            // Spreads the partitions of all topics over the members; `range` would give every first one to the same.
            ("partition.assignment.strategy", "roundrobin"),
        ]
    }
}

/// How much one poll takes, and how long.
package struct PollLimit: Hashable, Sendable {
    package var messages: Int
    /// Payload bytes; a poll ends with the message that reaches it, so that one large message still passes.
    package var bytes: Int
    /// How long to wait for the first message.
    package var wait: Duration
    /// How long to wait for more once there is one.
    package var fill: Duration

    package init(messages: Int, bytes: Int, wait: Duration, fill: Duration) {
        self.messages = messages
        self.bytes = bytes
        self.wait = wait
        self.fill = fill
    }
}
