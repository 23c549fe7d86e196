import Telemetry
import Testing

@testable import Collector

@Suite("From readings to batches")
struct BatchPackingTests {
    private func resource(_ id: String, name: String = "web", readings: Int = 1) -> PolledResource {
        let meter = BatchMeter(name: "cpu", kind: .cumulative, unit: "ns")
        return PolledResource(
            id: ResourceID(id), type: "instance", projectID: "p", attributes: [BatchAttribute("display_name", name)],
            readings: (0..<readings).map { PolledReading(meter, Double($0), at: Instant(seconds: 101)) })
    }

    private func poll(_ resources: [PolledResource], source: String = "s", isComplete: Bool = true) -> BatchPacking.Poll
    {
        BatchPacking.Poll(
            source: source, interval: .seconds(60), polledAt: Instant(seconds: 100), resources: resources,
            isComplete: isComplete)
    }

    @Test("batches carry host and epoch, and sequences that rise by one over all sources")
    func numbers() {
        var packing = BatchPacking(host: "compute-1", epoch: 7)
        let batches = (0..<3).flatMap { packing.batches(poll([resource("a")], source: "s\($0)")) }
        #expect(batches.map(\.sequence) == [0, 1, 2])
        #expect(batches.allSatisfy { $0.host == "compute-1" && $0.epoch == 7 && $0.interval == .seconds(60) })
        #expect(batches[0].resources[0].readings[0].offset == 1_000_000_000)
    }

    @Test("a poll that read nothing sends nothing")
    func empty() {
        var packing = BatchPacking(host: "h", epoch: 1)
        #expect(packing.batches(poll([])).isEmpty)
        #expect(packing.batches(poll([resource("a")]))[0].sequence == 0)
    }

    @Test("attributes go out at first, on change, and in every tenth batch")
    func attributes() {
        var packing = BatchPacking(host: "h", epoch: 1)
        let sent = (0..<22).map { number in
            packing.batches(poll([resource("a", name: number < 13 ? "web" : "db")]))[0].resources[0].attributes != nil
        }
        #expect(sent.indices.filter { sent[$0] } == [0, 10, 13])
    }

    @Test("a resource that was away brings its attributes again; a poll of some forgets nobody")
    func comeAndGo() {
        var packing = BatchPacking(host: "h", epoch: 1)
        _ = packing.batches(poll([resource("a"), resource("b")]))
        let partial = packing.batches(poll([resource("b")], isComplete: false))[0]
        #expect(partial.resources[0].attributes == nil)
        #expect(packing.batches(poll([resource("a")]))[0].resources[0].attributes == nil)
        #expect(
            packing.batches(poll([resource("a"), resource("b")]))[0].resources.map { $0.attributes != nil } == [
                false, true,
            ])
    }

    @Test("a poll larger than a batch is cut between resources, none of its readings lost")
    func split() {
        var packing = BatchPacking(host: "h", epoch: 1)
        let batches = packing.batches(poll((0..<12).map { resource("r\($0)", readings: 10_000) }))
        #expect(batches.map(\.sampleCount) == [50_000, 50_000, 20_000])
        #expect(batches.map(\.sequence) == [0, 1, 2])
        #expect(batches.flatMap(\.resources).map(\.id.text) == (0..<12).map { "r\($0)" })
    }
}
