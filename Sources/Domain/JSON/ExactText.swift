/// A text that equals another only where their bytes do.
///
/// Swift takes canonically equivalent texts for one (`é`, and `e` with U+0301), JSON, Python and PostgreSQL take them for two. Whatever
/// tells the names and ids of other systems apart goes by the bytes.
package struct ExactText: Hashable, Sendable, Comparable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ExactText, right: ExactText) -> Bool { left.text.isExactly(right.text) }
    package func hash(into hasher: inout Hasher) { text.hashExactly(into: &hasher) }

    /// Swift's order of texts; canonically equivalent ones, which have none in it, by their bytes.
    package static func < (left: ExactText, right: ExactText) -> Bool {
        if left.text != right.text { return left.text < right.text }
        return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension String {
    /// Whether both texts have the same bytes.
    package func isExactly(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let result = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                Self.areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
            }
        }
        return (result ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// Whether the text begins with these bytes; `hasPrefix` wants whole characters, and so misses one with an accent behind it.
    package func startsExactly(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Feeds the bytes and a mark that no text holds.
    package func hashExactly(into hasher: inout Hasher) {
        let isDone: Void? = utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        if isDone == nil { Array(utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
        hasher.combine(0xFF as UInt8)
    }

    /// Compares two texts of one length, eight bytes at a time.
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        while place + 8 <= left.count {
            let word = left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            guard word == right.loadUnaligned(fromByteOffset: place, as: UInt64.self) else { return false }
            place += 8
        }
        while place < left.count {
            guard left[place] == right[place] else { return false }
            place += 1
        }
        return true
    }
}
