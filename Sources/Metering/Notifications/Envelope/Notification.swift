import Crypto
package import JSON
package import Telemetry

/// One notification of an OpenStack service: the envelope's facts, and views into its text.
///
/// Immutable; the views keep the text alive.
package struct Notification: Sendable {
    package let messageID: MessageID
    /// Who sent it: `compute.host1`; nil where the message does not say.
    package let publisherID: String?
    package let eventType: String
    package let priority: Priority
    /// When the producer made it, in microseconds.
    package let timestamp: Instant
    /// The time as the producer wrote it.
    package let timestampText: String
    package let payload: JSONNode
    /// The request's context: `request_id`, `project_id`, `user_id` and others; an object, or whatever was sent in its place.
    package let context: JSONNode

    /// The levels of oslo.messaging; the topic's last word names the level too.
    package enum Priority: String, Hashable, Sendable, CaseIterable {
        case audit, debug, info, warn, error, critical, sample
        /// None that oslo.messaging knows; Ceilometer ignores such messages.
        case unknown
    }

    /// SHA-256 of event type and payload: tells a message that comes twice from another one under the same id.
    ///
    /// Of their canonical form: a broker's bridge or a replay may write the same payload in another way.
    package func digest() -> [UInt8] {
        var form = CanonicalForm()
        form.append(text: eventType.utf8)
        form.append(payload)
        return Array(SHA256.hash(data: form.bytes))
    }
}
