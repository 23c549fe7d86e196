package import Telemetry

/// Whose resources a question may see.
package enum Scope: Hashable, Sendable {
    /// All: the operator's view.
    case everything
    /// Those that belong to one project now.
    case project(ProjectID)
}
