import Logging
import ServiceKit
import Synchronization
import Telemetry
import Testing

struct LogTests {
    @Test("an event is one line: time, level, label, the constant sentence, then the facts by key")
    func line() {
        let lines = written { logger in
            logger.warning(
                "Message refused", metadata: ["kafka.partition": "3", "error.reason": "a \"b\"\nc", "empty": ""])
        }
        #expect(
            lines == [
                #"2026-11-23T19:03:19.155Z warning ingestion: Message refused empty="" error.reason="a \"b\"\nc" kafka.partition=3 role=ingestion"#
                    + "\n"
            ])
    }

    @Test("an error is logged with its whole chain")
    func chain() {
        let error = Outer(cause: Inner(cause: nil))
        let lines = written { $0.error("Batch failed", error: error) }
        #expect(lines.first?.contains(#"error="could not store the batch: connection refused""#) == true)
    }

    @Test("a loop of causes ends")
    func loop() {
        #expect(ErrorChain(Loop()).errors.count == 16)
    }

    @Test("events below the level are left out")
    func level() {
        #expect(written { $0.debug("Polled") }.isEmpty)
    }

    private func written(_ body: (Logger) -> Void) -> [String] {
        let lines = Lines()
        let clock = WallClock { Instant("2026-11-23T19:03:19.155489Z") ?? Instant(seconds: 0) }
        var logger = Logger(label: "ingestion") { label in
            StandardErrorLog(label: label, level: .info, clock: clock) { line in lines.add(line) }
        }
        logger[metadataKey: "role"] = "ingestion"
        body(logger)
        return lines.all
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private struct Inner: CausedError, CustomStringConvertible {
        let cause: (any Error)?
        var description: String { "connection refused" }
    }

    private struct Outer: CausedError, CustomStringConvertible {
        let cause: (any Error)?
        var description: String { "could not store the batch" }
    }

    private struct Loop: CausedError {
        var cause: (any Error)? { self }
    }
}
