internal import Documents
internal import Foundation
package import ServiceKit
internal import Synchronization

/// The one secret that opens the API, until an identity service gives out tokens.
///
/// It is read from a file, so that it never stands in a process list, and can be replaced on SIGHUP.
package final class OperatorToken: Sendable {
    private let path: String
    private let token: Mutex<[UInt8]>

    /// A shorter token could be guessed: 24 characters of base64 are 144 bits.
    package static let minLength = 24
    package static let maxLength = 4_096

    /// Reads the token, or says why the file is no token.
    package init(file path: String) throws(TokenFileError) {
        self.path = path
        self.token = Mutex(try Self.read(path))
    }

    /// Whether this is the token; takes as long for any text of the same length.
    package func matches(_ presented: some StringProtocol) -> Bool {
        let presented = Array(presented.utf8)
        guard presented.count <= Self.maxLength else { return false }
        return token.withLock { Self.isEqual($0, presented) }
    }

    /// Reads the file again; the old token holds until the new one is found good.
    package var reloadable: Reloadable {
        Reloadable("operator token") {
            let new = try Self.read(self.path)
            return { self.token.withLock { $0 = new } }
        }
    }

    /// Compares without an early exit; the time depends on the length of what was presented alone.
    private static func isEqual(_ secret: [UInt8], _ presented: [UInt8]) -> Bool {
        var difference = secret.count ^ presented.count
        for (index, byte) in presented.enumerated() {
            difference |= Int(byte ^ secret[index % secret.count])
        }
        return difference == 0
    }

    private static func read(_ path: String) throws(TokenFileError) -> [UInt8] {
        let text: String
        do {
            text = try Document.text(ofFile: path)
        } catch {
            throw TokenFileError(path: path, reason: .unreadable, cause: error)
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines).utf8
        guard token.count >= minLength, token.count <= maxLength else {
            throw TokenFileError(path: path, reason: .badLength, cause: nil)
        }
        guard token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw TokenFileError(path: path, reason: .badCharacter, cause: nil)
        }
        return Array(token)
    }
}

/// A token file that can't be used.
package struct TokenFileError: CausedError, CustomStringConvertible {
    package let path: String
    package let reason: Reason
    package let cause: (any Error)?

    package enum Reason: String, Sendable {
        case unreadable = "it can't be read"
        case badLength = "a token has 24 to 4096 characters"
        case badCharacter = "a token is printable ASCII without spaces"
    }

    package var description: String { "the operator token file \(path) is no good: \(reason.rawValue)" }
}
