internal import Glibc
package import Logging
internal import Telemetry

/// Writes one line per event to standard error:
/// `2026-11-23T19:03:19.155Z warning ingestion: Message refused kafka.partition=3 error="not JSON"`.
///
/// The sentence is constant, so it can be counted; the facts follow as key=value, sorted by key. Values with spaces,
/// quotes or line breaks are quoted, so that a hostile value can't forge a line.
package struct StandardErrorLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let label: String
    private let clock: WallClock
    private let write: @Sendable (String) -> Void

    package init(
        label: String, level: Logger.Level, clock: WallClock = .system,
        write: @escaping @Sendable (String) -> Void = StandardErrorLog.writeToStandardError
    ) {
        self.label = label
        self.logLevel = level
        self.clock = clock
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var facts = metadata
        if let provided = metadataProvider?.get() { facts.merge(provided) { _, new in new } }
        if let own = event.metadata { facts.merge(own) { _, new in new } }
        if let error = event.error { facts["error"] = "\(ErrorChain(error))" }
        let time = clock.now.formatted(separator: "T", fractionDigits: 3, offset: "Z")
        var line = "\(time) \(event.level) \(label): \(event.message)"
        for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.spelling("\(value)"))"
        }
        write(line + "\n")
    }

    private static func spelling(_ value: String) -> String {
        let needsQuotes =
            value.isEmpty || value.unicodeScalars.contains { $0.value <= 0x20 || $0 == "\"" || $0.value == 0x7f }
        return needsQuotes ? value.debugDescription : value
    }

    /// Writes the whole line with as few calls as the kernel allows, so that lines of threads don't mix.
    ///
    /// A standard error that can't be written leaves nowhere to say so.
    package static func writeToStandardError(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }
}

/// Section `log`: how much is logged.
package struct LogConfig: ConfigSection {
    package static let section = "log"
    package static let about = "What is written to standard error."
    package static let level = Logger.Level.info

    package let level: Logger.Level

    package init(reading section: SectionReader) {
        level = section.choice("level", default: Self.level, "Events of this level and above are logged.")
    }

    /// Installs the log for the whole process; called once, by the program itself.
    package func bootstrap() {
        let level = level
        LoggingSystem.bootstrap { StandardErrorLog(label: $0, level: level) }
    }
}
