/// What a reader of JSON accepts: how much, how deep, and which of the two common grammars.
package struct JSONLimits: Hashable, Sendable {
    /// Sixteen MiB: sixteen times the largest record a Kafka broker takes by default, and far above any API body.
    package static let defaultSizeLimit = 16 << 20
    /// OpenStack's notifications nest about a dozen levels; recursion over a tree of this depth fits any thread's stack.
    package static let defaultDepthLimit = 128
    /// The tape counts bytes in 32 bits.
    package static let largestSizeLimit = Int(UInt32.max)

    /// The most bytes of one text.
    package let sizeLimit: Int
    /// The most arrays and objects inside one another.
    package let depthLimit: Int
    package let grammar: Grammar

    package init(
        sizeLimit: Int = Self.defaultSizeLimit, depthLimit: Int = Self.defaultDepthLimit, grammar: Grammar = .strict
    ) {
        precondition(sizeLimit <= Self.largestSizeLimit, "the tape counts bytes in 32 bits")
        self.sizeLimit = sizeLimit
        self.depthLimit = depthLimit
        self.grammar = grammar
    }

    /// Which texts count as JSON.
    package enum Grammar: Hashable, Sendable {
        /// RFC 8259; numbers outside `Double`'s range and lone surrogates are refused.
        case strict
        /// What Python's `json` module reads, and so what OpenStack's services may send: also `NaN`, `Infinity` and
        /// `-Infinity`; numbers beyond `Double`'s range are infinite; a lone surrogate becomes U+FFFD.
        case python
    }
}
