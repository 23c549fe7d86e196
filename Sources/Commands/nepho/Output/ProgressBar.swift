/// Shows on a terminal's last line how far a file has been worked through.
final class ProgressBar {
    private let fileSize: Int
    private let width: Int
    private let start = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?

    /// More often would cost more than it tells.
    private static let interval = Duration.milliseconds(100)

    /// Nil where standard error is no terminal.
    init?(fileSize: Int) {
        guard let columns = StandardStream.error.terminalWidth else { return nil }
        self.fileSize = fileSize
        self.width = min(40, max(10, columns - 50))
    }

    func show(byteCount: Int, messages: Int) {
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < Self.interval { return }
        lastShown = now
        let elapsed = max((now - start) / .seconds(1), 0.001)
        let line = Self.line(
            fraction: fileSize > 0 ? Double(byteCount) / Double(fileSize) : 1, width: width, messages: messages,
            perSecond: Double(messages) / elapsed)
        StandardStream.error.write("\r\u{1b}[K" + line)
    }

    /// Clears the line.
    func finish() {
        if lastShown != nil { StandardStream.error.write("\r\u{1b}[K") }
    }

    /// `[########            ]  40 % 4512 messages, 1200/s`
    static func line(fraction: Double, width: Int, messages: Int, perSecond: Double) -> String {
        let fraction = min(max(fraction, 0), 1)
        let filled = Int((fraction * Double(width)).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled)
        let percent = String(Int(fraction * 100))
        let padded = String(repeating: " ", count: max(0, 3 - percent.count)) + percent
        return "[\(bar)] \(padded) % \(messages) messages, \(Int(perSecond))/s"
    }
}
