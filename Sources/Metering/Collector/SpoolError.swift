import Glibc

/// An operation on the spool's files that the system refused.
package struct SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of `errno`.
    package let code: Int32
    package let operation: String
    package let path: String

    /// Another process has the spool.
    package var isInUse: Bool { operation == "flock" && code == EWOULDBLOCK }

    package var description: String {
        isInUse
            ? "the spool \(path) is in use by another process"
            : "\(operation) \(path): \(String(cString: strerror(code))) (errno \(code))"
    }
}
