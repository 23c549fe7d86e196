/// An error that was caused by another one. Its own description leaves the cause out; whoever logs prints the chain.
package protocol CausedError: Error {
    var cause: (any Error)? { get }
}

/// An error and its causes, outermost first.
package struct ErrorChain: Sendable {
    package let errors: [any Error]

    package init(_ error: any Error) {
        var errors = [error]
        while errors.count < Self.lengthLimit, let cause = (errors.last as? any CausedError)?.cause {
            errors.append(cause)
        }
        self.errors = errors
    }

    /// A longer chain is a loop.
    private static let lengthLimit = 16
}

extension ErrorChain: CustomStringConvertible {
    /// `could not store the batch: connection refused`
    package var description: String { errors.map { "\($0)" }.joined(separator: ": ") }
}
