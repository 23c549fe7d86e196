package import Kafka
import Notifications
import ServiceKit
import Telemetry

/// A message that can't be stored, and why.
///
/// It goes to the dead-letter topic before its offset is passed.
package struct DeadLetter: Hashable, Sendable {
    package let source: TopicPartition
    package let offset: Int64
    package let reason: DeadLetterReason
    /// The error in words.
    package let explanation: String
    package let key: [UInt8]?
    package let value: [UInt8]

    /// The message for the dead-letter topic: the original bytes, and headers that say where they came from.
    ///
    /// The key names the source, so that one that is sent again after a crash has the same.
    func message(for topic: String, valueLimit: Int? = nil) -> OutgoingMessage {
        var headers = [
            MessageHeader("reason", reason.rawValue), MessageHeader("error", explanation),
            MessageHeader("source-topic", source.topic), MessageHeader("source-partition", "\(source.partition)"),
            MessageHeader("source-offset", "\(offset)"),
        ]
        if let key { headers.append(MessageHeader("source-key", key)) }
        var value = value
        if let valueLimit, value.count > valueLimit {
            headers.append(MessageHeader("original-size", "\(value.count)"))
            value = Array(value.prefix(valueLimit))
        }
        return OutgoingMessage(
            topic: topic, key: Array("\(source.topic)/\(source.partition)/\(offset)".utf8), value: value,
            headers: headers)
    }
}

/// Why a message can't be stored.
package enum DeadLetterReason: String, InstrumentLabel {
    package static let label = "reason"

    case tooLarge = "too_large"
    case tooDeep = "too_deep"
    case invalidUTF8 = "invalid_utf8"
    case notJSON = "not_json"
    case notAnObject = "not_an_object"
    case unsupportedVersion = "unsupported_version"
    case messageNotText = "message_not_text"
    case messageIDMissing = "message_id_missing"
    case eventTypeMissing = "event_type_missing"
    case timestampInvalid = "timestamp_invalid"
    case batchMalformed = "batch_malformed"
    case batchDamaged = "batch_damaged"
    case batchVersionUnknown = "batch_version_unknown"
    /// A batch that was polled in another century.
    case timeUnbelievable = "time_unbelievable"
    /// A notification under the id of another one.
    case conflictingDuplicate = "conflicting_duplicate"
    /// The database refuses what the message says, and storing all others of its batch without it works.
    case refusedByStore = "refused_by_store"

    init(_ reason: EnvelopeError.Reason) {
        self =
            switch reason {
            case .tooLarge: .tooLarge
            case .tooDeep: .tooDeep
            case .invalidUTF8: .invalidUTF8
            case .notJSON: .notJSON
            case .notAnObject: .notAnObject
            case .unsupportedVersion: .unsupportedVersion
            case .messageNotText: .messageNotText
            case .messageIDMissing: .messageIDMissing
            case .eventTypeMissing: .eventTypeMissing
            case .timestampInvalid: .timestampInvalid
            }
    }

    init(_ error: WireError) {
        self =
            switch error {
            case .unknownVersion: .batchVersionUnknown
            case .checksumMismatch: .batchDamaged
            case .limitExceeded(.size): .tooLarge
            case .truncated, .trailingBytes, .invalid, .limitExceeded: .batchMalformed
            }
    }
}
