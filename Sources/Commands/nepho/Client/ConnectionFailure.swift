import Glibc
import NIOCore
import NIOPosix

/// An error below HTTP, in words.
protocol ConnectionFailure: Error {
    var reason: String { get }
}

extension NIOConnectionError: ConnectionFailure {
    var reason: String {
        guard let first = connectionErrors.first?.error else { return "the host \(host) is unknown" }
        return (first as? any ConnectionFailure)?.reason ?? "\(first)"
    }
}

extension IOError: ConnectionFailure {
    var reason: String { String(cString: strerror(errnoCode)) }
}
