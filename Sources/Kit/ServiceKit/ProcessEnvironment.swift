internal import Foundation

/// What the process was started with. Nothing else reads the environment.
package enum ProcessEnvironment {
    package static var variables: [String: String] { ProcessInfo.processInfo.environment }
    package static var processID: Int32 { ProcessInfo.processInfo.processIdentifier }
}
