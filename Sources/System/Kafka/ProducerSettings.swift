/// How a producer behaves.
///
/// Always: `enable.idempotence`, `acks=all`. A message that is retried is stored once and in order.
package struct ProducerSettings: Hashable, Sendable {
    package var client: ClientSettings
    /// How long a message may wait for its acknowledgement, retries and reconnections included.
    package var deliveryTimeout: Duration = .seconds(30)
    /// How long a message may wait for others to share a request with.
    ///
    /// 20 ms keep a sample's way to the store under two
    /// seconds and fill requests well.
    package var linger: Duration = .milliseconds(20)
    /// How many messages may be queued or in flight; beyond it sending answers `.queueFull`.
    package var queuedMessageLimit = 100_000
    /// How many KiB of messages may be queued or in flight; beyond it sending answers `.queueFull`.
    package var queuedKibibyteLimit = 65_536
    /// The largest message.
    ///
    /// Brokers accept 1 MB unless told otherwise.
    package var messageSizeLimit = 1_000_000
    /// lz4 costs a consumer nothing measurable and halves the bytes of columns and JSON.
    package var compression: Compression = .lz4

    package enum Compression: String, Hashable, Sendable, CaseIterable {
        case none, gzip, snappy, lz4, zstd
    }

    package init(client: ClientSettings) {
        self.client = client
    }

    var properties: [(String, String)] {
        [
            ("linger.ms", "\(linger.milliseconds)"),
            ("message.timeout.ms", "\(deliveryTimeout.milliseconds)"),
            ("queue.buffering.max.messages", "\(queuedMessageLimit)"),
            ("queue.buffering.max.kbytes", "\(queuedKibibyteLimit)"),
            ("message.max.bytes", "\(messageSizeLimit)"),
            ("compression.codec", compression.rawValue),
        ] + client.common + [
            ("enable.idempotence", "true"),
            ("acks", "all"),
        ]
    }
}

extension Duration {
    /// Whole milliseconds, within what a C `int` holds.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1_000 else { return .max }
        return Int32(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
