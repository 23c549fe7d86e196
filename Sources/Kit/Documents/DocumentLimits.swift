/// What a document may cost before it is refused.
package struct DocumentLimits: Hashable, Sendable {
    /// Size of the text.
    package let maxBytes: ByteCount
    /// Nesting of lists and mappings.
    package let maxDepth: Int
    /// Nodes after aliases are expanded, so that a few lines of anchors can't become gigabytes.
    package let maxNodes: Int

    package init(maxBytes: ByteCount, maxDepth: Int, maxNodes: Int) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.maxNodes = maxNodes
    }

    /// Roomy for files that people write: Ceilometer's largest has 1,800 lines and eight levels.
    package static let standard = DocumentLimits(maxBytes: .mebibytes(4), maxDepth: 32, maxNodes: 200_000)
}
