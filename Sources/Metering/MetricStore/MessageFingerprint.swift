package import Telemetry

/// What tells notifications apart: the id that the producer gave, and a hash of what it said.
package struct MessageFingerprint: Hashable, Sendable {
    package let messageID: MessageID
    /// SHA-256 of the event type and payload in canonical form.
    package let payloadHash: [UInt8]

    package static let hashSize = 32

    package init(messageID: MessageID, payloadHash: [UInt8]) {
        precondition(payloadHash.count == Self.hashSize, "a SHA-256 hash")
        self.messageID = messageID
        self.payloadHash = payloadHash
    }
}

/// What is to be done with a notification.
package enum MessageAdmission: Hashable, Sendable {
    /// It is new: store what it says.
    case admitted
    /// The same was stored before: there is nothing to do.
    case duplicate
    /// Another one was stored under its id: it is refused and a human has to look.
    case conflicting
}
