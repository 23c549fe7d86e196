import JSON

/// A path as a tree: jsonpath-rw with the extensions of jsonpath-rw-ext.
indirect enum PathExpression: Hashable, Sendable {
    case root
    case this
    case parent
    /// The named members; `*` among the names stands for all.
    case fields([String])
    case index(Int64)
    case slice(start: Int64?, end: Int64?)
    case child(PathExpression, PathExpression)
    case descendants(PathExpression, PathExpression)
    case union(PathExpression, PathExpression)
    case intersection(PathExpression, PathExpression)
    case `where`(PathExpression, PathExpression)
    case filter([Condition])
    /// Sorted by these paths, or by the values themselves where there are none.
    case sorted([SortKey])
    case length
    case split(separator: String, segment: Int, limit: Int)
    case substitute(Pattern, Replacement)
    case operation(Operand, Operator, Operand)

    enum Operator: Hashable, Sendable {
        case add, subtract, multiply
    }

    /// A side of an operation. A bare name is the text itself, as the library decides.
    enum Operand: Hashable, Sendable {
        case path(PathExpression)
        case literal(JSONValue)
    }

    /// A condition of a filter; without a comparison it holds where the path finds anything.
    struct Condition: Hashable, Sendable {
        let path: PathExpression
        let comparison: Comparison?
    }

    struct Comparison: Hashable, Sendable {
        let symbol: Symbol
        let literal: JSONValue
        /// The compiled literal of `~`.
        let pattern: Pattern?

        enum Symbol: String, Hashable, Sendable {
            case equal = "=="
            case notEqual = "!="
            case less = "<"
            case lessOrEqual = "<="
            case greater = ">"
            case greaterOrEqual = ">="
            case matches = "~"
        }
    }

    struct SortKey: Hashable, Sendable {
        let path: PathExpression
        let isDescending: Bool
    }
}
