/// One value or key on a document's tape: where its text is and where the next value starts.
///
/// A container is followed by its contents (an object's as key, value, key, value); `next` skips them.
struct JSONEntry: Sendable {
    enum Tag: Sendable {
        case null, `false`, `true`
        /// A number without fraction and exponent.
        case integer
        case decimal
        case notANumber, infinity, negativeInfinity
        /// A string whose bytes are its value.
        case string
        /// A string with at least one backslash.
        case escapedString
        case array, object
    }

    let tag: Tag
    /// The first byte of the text; of a string, the first after the quote.
    let start: UInt32
    /// How many bytes the text has; of a string, without the quotes.
    var length: UInt32
    /// The index on the tape just past this value and all that it holds.
    var next: UInt32

    var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
}
