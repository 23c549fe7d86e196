import JSON

/// Why a message is no notification; the reason goes into the dead letter and the count.
package struct EnvelopeError: Error, Hashable, Sendable {
    package let reason: Reason
    /// The offending byte, of the message or of the text inside it; nil where the JSON is sound.
    package let position: Int?

    package init(_ reason: Reason, at position: Int? = nil) {
        self.reason = reason
        self.position = position
    }

    /// The closed set of reasons; the raw value is fit for a metric label.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case tooLarge = "too_large"
        case tooDeep = "too_deep"
        case invalidUTF8 = "invalid_utf8"
        case notJSON = "not_json"
        /// JSON, but no object.
        case notAnObject = "not_an_object"
        /// An envelope of another major version than 2.
        case unsupportedVersion = "unsupported_version"
        /// `oslo.message` is missing or no text.
        case messageNotText = "message_not_text"
        case messageIDMissing = "message_id_missing"
        case eventTypeMissing = "event_type_missing"
        case timestampInvalid = "timestamp_invalid"
    }

    init(_ error: JSONError) {
        let reason: Reason =
            switch error.reason {
            case .tooLarge: .tooLarge
            case .tooDeep: .tooDeep
            case .invalidUTF8: .invalidUTF8
            default: .notJSON
            }
        self.init(reason, at: error.position)
    }
}

extension EnvelopeError: CustomStringConvertible {
    package var description: String {
        "not a notification: \(reason.rawValue)" + (position.map { " at byte \($0)" } ?? "")
    }
}
