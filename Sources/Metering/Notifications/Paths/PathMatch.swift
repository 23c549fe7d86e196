import JSON

/// A value that a path found, with the way to it.
///
/// Immutable. The way ends at the root, or where a computed value took the place of a found one.
final class PathMatch: Sendable {
    let value: PathValue
    /// The step from the context to this value, as Ceilometer prints it; empty for the root and for computed values.
    let step: String
    let context: PathMatch?

    init(_ value: PathValue, step: String = "", context: PathMatch? = nil) {
        self.value = value
        self.step = step
        self.context = context
    }

    var root: PathMatch {
        var match = self
        while let context = match.context {
            match = context
        }
        return PathMatch(match.value)
    }

    /// The steps from the root: `payload.volumes.[0].size`.
    var path: String {
        var steps: [String] = []
        var match = self
        while let context = match.context {
            steps.append(match.step)
            match = context
        }
        return steps.reversed().joined(separator: ".")
    }
}
