import Glibc

/// The system refused an operation on threads.
package struct ThreadingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value of `errno`, such as `EAGAIN`.
    package let code: Int32
    package let operation: String

    package init(code: Int32, operation: String) {
        self.code = code
        self.operation = operation
    }

    /// Whether the same call may succeed later: a lack of threads or memory passes.
    package var isRetriable: Bool { code == EAGAIN || code == ENOMEM }

    package var description: String {
        "\(operation) failed: \(String(cString: strerror(code))) (errno \(code))"
    }
}
