import ServiceKit
import TestKit
import Testing

struct InstrumentTests {
    private let registry = InstrumentRegistry()

    @Test("the exposition is Prometheus' text format, families by name, closed sets complete from the start")
    func exposition() throws {
        fill()
        let difference = try difference(from: "exposition.txt", registry.exposition())
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("promtool finds nothing to complain of")
    func promtool() throws {
        fill()
        let result = try run("/usr/bin/promtool", ["check", "metrics"], input: registry.exposition())
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("the process' own readings are there")
    func processReadings() throws {
        ProcessInstruments.declare(in: registry)
        let names = registry.exposition().split(separator: "\n").filter { !$0.hasPrefix("#") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(
            names == [
                "process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes",
                "process_start_time_seconds", "process_virtual_memory_bytes",
            ])
    }

    @Test("concurrent additions all count")
    func concurrency() async {
        let counter = registry.counter("a_total", help: "A.")
        let gauge = registry.gauge("b", help: "B.")
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<10_000 {
                        counter.add()
                        gauge.add(1)
                    }
                }
            }
        }
        #expect(counter.value == 40_000)
        #expect(gauge.value == 40_000)
    }

    @Test("keyed series beyond the limit are dropped and counted, and a removed one makes room")
    func keyedLimit() {
        let lag = registry.keyedGauges("lag", help: "Lag.", labels: ["partition"], limit: 2)
        for partition in 0..<4 { lag.set(1, "\(partition)") }
        lag.remove("0")
        lag.set(7, "9")
        let lines = registry.exposition().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == [#"lag{partition="1"} 1"#, #"lag{partition="9"} 7"#, "lag_dropped_total 2"])
    }

    private func fill() {
        registry.counter("messages_total", help: "Messages.\nSecond line with \\.").add(3)
        let failed = registry.counters("failed_total", help: "Failures by reason.", by: Reason.self)
        failed[.tooLarge].add(2)
        registry.counters("requests_total", help: "Requests.", by: Request.self)[Request(method: .get, outcome: .ok)]
            .add()
        registry.gauge("depth_messages", help: "Depth.").set(2.5)
        registry.gauges("state", help: "State.", by: Reason.self)[.malformed].set(.milliseconds(1_500))
        let latency = registry.histogram("latency_seconds", help: "Latency.", bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 3] { latency.observe(value) }
        registry.keyedGauges("lag_messages", help: "Lag.", labels: ["topic", "partition"], limit: 10)
            .set(12, "a\"b\\c\nd", "0")
        registry.readGauge("absent", help: "Nothing to read.") { nil }
        registry.readGauge("infinite", help: "A limit.") { .infinity }
    }
}

private enum Reason: String, InstrumentLabel {
    static let label = "reason"
    case malformed
    case tooLarge = "too_large"
}

private struct Request: InstrumentLabels {
    let method: Method
    let outcome: Outcome
    enum Method: String, CaseIterable { case get, post }
    enum Outcome: String, CaseIterable { case ok, failed }

    static var allCases: [Request] {
        Method.allCases.flatMap { method in Outcome.allCases.map { Request(method: method, outcome: $0) } }
    }

    var pairs: [(name: String, value: String)] { [("method", method.rawValue), ("outcome", outcome.rawValue)] }
}
