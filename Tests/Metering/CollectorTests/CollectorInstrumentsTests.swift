import ServiceKit
import TestKit
import Testing

@testable import Collector

@Suite("What the collector tells about itself")
struct CollectorInstrumentsTests {
    @Test("every instrument is exposed from the start, with all its labels")
    func exposition() throws {
        let registry = InstrumentRegistry()
        _ = CollectorInstruments(in: registry)
        let difference = try difference(from: "exposition.txt", registry.exposition())
        #expect(difference == nil, "\(difference ?? "")")
    }
}
