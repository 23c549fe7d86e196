/// Why a path could not be followed in one notification: what raises an exception in Ceilometer's library.
package enum PathError: String, Error, Hashable, Sendable, CaseIterable {
    /// An index or slice of a value without a length.
    case notIndexable = "not_indexable"
    /// A negative index before the first element, or an index into an object.
    case noSuchElement = "no_such_element"
    /// `<`, `>` or sorting over values that have no order.
    case notComparable = "not_comparable"
    /// A filter compares with a number what is none, or a text operator meets something else.
    case wrongKind = "wrong_kind"
    /// The parent of the root was asked for.
    case noParent = "no_parent"
    /// `&` between paths is in the grammar but has no meaning.
    case intersection = "intersection"
    /// A pattern took too many steps, or a result is too large.
    case tooMuchWork = "too_much_work"
}

/// Why a text is not a path.
package struct PathSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    /// The offset of the offending character, counted in code points.
    package let position: Int

    package var description: String { "\(message) at character \(position + 1)" }
}
