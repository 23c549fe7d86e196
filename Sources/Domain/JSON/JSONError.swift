/// Why and where a text is not the JSON that was asked for.
package struct JSONError: Error, Hashable, Sendable {
    package let reason: Reason
    /// The offset of the offending byte from the start of the text.
    package let position: Int

    package init(_ reason: Reason, at position: Int) {
        self.reason = reason
        self.position = position
    }

    /// The closed set of reasons; the raw value is fit for a metric label.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case tooLarge = "too_large"
        case tooDeep = "too_deep"
        case unexpectedEnd = "unexpected_end"
        case unexpectedByte = "unexpected_byte"
        case trailingBytes = "trailing_bytes"
        case invalidUTF8 = "invalid_utf8"
        case invalidEscape = "invalid_escape"
        case controlCharacter = "control_character"
        case loneSurrogate = "lone_surrogate"
        case invalidNumber = "invalid_number"
        case numberOutOfRange = "number_out_of_range"
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "JSON: \(reason.rawValue) at byte \(position)" }
}
