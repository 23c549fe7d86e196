import JSON

/// What a message may cost before it is refused.
package struct NotificationLimits: Hashable, Sendable {
    /// Eight times what a Kafka broker takes by default; the polling agent's batches of samples are the largest messages.
    package static let defaultSizeLimit = 8 << 20
    /// The deepest notifications of OpenStack's services nest about a dozen levels.
    package static let defaultDepthLimit = 64

    /// The most bytes of a message.
    package let sizeLimit: Int
    /// The most levels, in the envelope and in the text inside it.
    package let depthLimit: Int

    package init(sizeLimit: Int = Self.defaultSizeLimit, depthLimit: Int = Self.defaultDepthLimit) {
        self.sizeLimit = sizeLimit
        self.depthLimit = depthLimit
    }

    /// OpenStack's services write JSON with Python, whose extensions must be read too.
    var json: JSONLimits { JSONLimits(sizeLimit: sizeLimit, depthLimit: depthLimit, grammar: .python) }
}
