/// Why stored bytes can't be read; the stored row is damaged or was written by a newer version.
package enum CodecError: Error, Hashable, Sendable {
    /// The bytes end before what their header announces.
    case truncated
    /// The first byte isn't a format that this version knows.
    case formatUnknown(UInt8)
    /// The bytes aren't those that were written.
    case checksumMismatch
    /// A field contradicts the format.
    case malformed(Field)
    /// A count above the format's limit.
    case limitExceeded(Field, limit: Int)

    package enum Field: String, Hashable, Sendable {
        case number, count, timestamp, value, bits, column, method, presence, metric, block, directory, length
    }
}
