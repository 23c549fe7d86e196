import ServiceKit
import Testing

@testable import Collector

@Suite("What the collector tells about itself")
struct CollectorInstrumentsTests {
    @Test("every instrument is exposed from the start, with all its labels")
    func exposition() throws {
        let registry = InstrumentRegistry()
        _ = CollectorInstruments(in: registry)
        try expectGolden(registry.exposition(), "exposition.txt")
    }
}
