import Logging
import ServiceKit
import Synchronization
import Testing

struct ReloadTests {
    @Test("when one file is bad, none is swapped, and the failure is counted")
    func allOrNothing() async {
        let registry = InstrumentRegistry()
        let state = State()
        let good = Reloadable("good") { { state.swap("good") } }
        let bad = Reloadable("bad") { throw Bad() }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let instruments = ReloadInstruments(in: registry)
        #expect(await ReloadService([good, bad], instruments: instruments, logger: logger).reload() == false)
        #expect(state.all.isEmpty)
        #expect(await ReloadService([good], instruments: instruments, logger: logger).reload())
        #expect(state.all == ["good"])
        #expect(instruments.reloads[.applied].value == 1)
        #expect(instruments.reloads[.refused].value == 1)
    }

    private final class State: Sendable {
        private let swapped = Mutex<[String]>([])
        func swap(_ name: String) { swapped.withLock { $0.append(name) } }
        var all: [String] { swapped.withLock { $0 } }
    }

    private struct Bad: Error {}
}
