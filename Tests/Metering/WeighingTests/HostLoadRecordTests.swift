import Collector
import HostCounters
import Telemetry
import Testing

@testable import Weighing

/// The record on the topic, and its source's names.
@Suite struct HostLoadRecordTests {
    @Test("the record has the documented form and leaves out what is unknown")
    func json() {
        let load = HostLoad(
            host: "compute-7", tickAt: ScriptedHost.start, interval: .seconds(10), smoothing: .seconds(60),
            figures: [.cpuPercent: 12.34567, .powerWatts: 230])
        let text = String(decoding: load.json(publishedAt: ScriptedHost.start + .milliseconds(250)), as: UTF8.self)
        #expect(
            text == """
                {"version":1,"host":"compute-7","tick_at":"2026-11-23T21:00:00Z","age_seconds":0.25,\
                "interval_seconds":10.0,"stale_after_seconds":30.0,"smoothing_seconds":60.0,"cpu_percent":12.346,\
                "power_watts":230.0}
                """)
    }

    @Test("a slow poll makes records live longer")
    func life() {
        let load = HostLoad(
            host: "h", tickAt: ScriptedHost.start, interval: .seconds(300), smoothing: .seconds(60), figures: [:])
        #expect(load.staleAfter == .seconds(900))
    }

    @Test("the meters of a load are meters of the collector, of the same kind", arguments: HostLoadMeter.allCases)
    func names(_ meter: HostLoadMeter) throws {
        let definition = try #require(HostMeter(rawValue: meter.rawValue)).definition
        #expect((definition.kind == .cumulative) == meter.isCounter)
    }

    @Test("this machine's own polls give its load")
    func live() throws {
        var pollster = HostPollster(host: "here", meters: Set(HostMeter.allCases), roots: HostRoots())
        var (host, tracker) = (ScriptedHost(name: "here"), HostLoadTracker(timeConstant: .seconds(60)))
        var load: HostLoad?
        for second in 0..<2 {
            let poll = pollster.poll()
            host.second = Double(second * 10)
            load = tracker.step(
                host.batch(
                    poll.resources.map { resource in
                        (
                            resource.id.text, resource.type.rawValue, resource.attributes.map { ($0.key, $0.value) },
                            resource.readings.map { ($0.meter.rawValue, $0.value) }
                        )
                    }))
        }
        let figures = try #require(load).figures
        #expect((0...100).contains(try #require(figures[.memoryPercent])))
        #expect(figures[.diskBytesPerSecond] != nil)
        #expect(figures[.networkBytesPerSecond] != nil)
        #expect(figures[.temperatureCelsius] == nil || (figures[.temperatureCelsius] ?? 0) > 0)
    }
}
