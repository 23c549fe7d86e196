/// Why a source, or one file of it, gave no value.
///
/// Errors of this module are values in a snapshot: a missing or broken source never hides the others.
package struct HostCounterError: Error, Hashable, Sendable, CustomStringConvertible {
    package let source: HostSource
    package let path: String
    package let code: Code

    package init(source: HostSource, path: String, code: Code) {
        self.source = source
        self.path = path
        self.code = code
    }

    package enum Code: Hashable, Sendable {
        /// The machine or its kernel has no such counter.
        case absent
        /// The file exists and this user may not read it (RAPL's `energy_uj` belongs to root since Linux 5.10).
        case denied
        /// The kernel answered with this `errno`: a sensor that is not plugged in, a driver that timed out.
        case unreadable(Int32)
        /// More bytes or entries than the limit of this module.
        case tooLarge(limit: Int)
        /// The counter may have begun anew more than once since the last reading, so that nothing follows from the two.
        case ambiguous
        /// The file ends in the middle of a line.
        case truncated
        /// The contents are not what the kernel's documentation says, with the name of what was looked for.
        case malformed(String)
    }

    /// Whether reading again later may succeed without somebody changing the machine.
    package var isRetriable: Bool {
        switch code {
        case .unreadable, .truncated, .ambiguous: true
        case .absent, .denied, .tooLarge, .malformed: false
        }
    }

    package var description: String { "\(source.rawValue): \(path): \(reason)" }

    private var reason: String {
        switch code {
        case .absent: "does not exist"
        case .denied: "permission denied"
        case .unreadable(let number): "read failed with errno \(number)"
        case .tooLarge(let limit): "larger than the limit of \(limit)"
        case .ambiguous: "may have wrapped more than once since the last poll"
        case .truncated: "ends in the middle of a line"
        case .malformed(let what): "malformed: \(what)"
        }
    }
}
