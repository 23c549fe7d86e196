internal import Foundation

/// What the process was started with. Nothing else reads the environment.
package enum ProcessEnvironment {
    package static var variables: [String: String] { ProcessInfo.processInfo.environment }
    package static var processID: Int32 { ProcessInfo.processInfo.processIdentifier }

    /// Whether there is a file, for a standard place that may be left empty.
    package static func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
