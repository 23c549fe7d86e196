import Documents
import Foundation
import Telemetry
import Testing

@testable import Collector

@Suite("polling.yaml")
struct PollingDefinitionTests {
    @Test("Ceilometer's own file is read as it is")
    func ceilometers() throws {
        let definition = try PollingDefinition(
            text: """
                ---
                sources:
                    - name: some_pollsters
                      interval: 300
                      meters:
                        - power.state
                        - cpu
                        - volume.size
                    - name: all
                      interval: 60
                      meters: ["*", "!disk.*"]
                """, named: "polling.yaml")
        #expect(definition.sources.map(\.name) == ["some_pollsters", "all"])
        #expect(definition.sources.map(\.interval) == [.seconds(300), .seconds(60)])
        #expect(definition.sources[1].meters.contains("cpu"))
        #expect(!definition.sources[1].meters.contains("disk.device.read.bytes"))
    }

    @Test("an interval may have a unit, and is 300 s where it is left out")
    func intervals() throws {
        let definition = try PollingDefinition(
            text:
                "sources: [{name: a, interval: 5m, meters: [cpu]}, {name: b, meters: [cpu]}, {name: c, interval: 1s, meters: [cpu]}]",
            named: "p")
        #expect(definition.sources.map(\.interval) == [.seconds(300), .seconds(300), .seconds(1)])
    }

    @Test(
        "a bad file is refused with line and reason",
        arguments: [
            ("", "p: expected a mapping, found nothing"),
            ("source: []", "p:1"), ("sources: []", "there is no source"), ("sources: {}", "expected a list"),
            ("sources:\n  - interval: 60\n    meters: [cpu]", "p:2:5: sources[0]: the key name is missing"),
            ("sources:\n  - name: a", "the key meters is missing"),
            ("sources:\n  - name: a\n    meters: []", "p:3:13: sources[0].meters: there is no meter in the list"),
            ("sources:\n  - name: a\n    meters: cpu", "sources[0].meters: expected a list"),
            ("sources:\n  - name: a\n    meters: [cpu, '!']", "sources[0].meters[1]: expected the name of a meter"),
            ("sources:\n  - name: a\n    interval: 0\n    meters: [cpu]", "p:3:15: sources[0].interval"),
            ("sources:\n  - name: a\n    interval: soon\n    meters: [cpu]", "p:3:15: sources[0].interval"),
            ("sources:\n  - name: a\n    metres: [cpu]", "did you mean meters?"),
            ("sources:\n  - name: a\n    meters: [cpu]\n    discovery: [endpoint]", "takes no discovery"),
            ("sources:\n  - name: a\n    meters: [cpu]\n    resources: ['x']", "takes no resources"),
            (
                "sources:\n  - {name: a, meters: [cpu]}\n  - {name: a, meters: [memory]}",
                "another source is called a too"
            ),
            ("sources:\n  - name: a\n    meters: [cpu", "p:"),
        ])
    func refused(text: String, reason: String) {
        #expect {
            try PollingDefinition(text: text, named: "p")
        } throws: { error in
            let found = "\(error)".contains(reason)
            if !found { Issue.record("\(error) does not say: \(reason)") }
            return found
        }
    }

    @Test("all problems of a file are reported at once")
    func allProblems() {
        let error = #expect(throws: DocumentError.self) {
            try PollingDefinition(
                text: "sources:\n  - name: a\n    interval: x\n  - meters: [1]\n    what: 2", named: "p")
        }
        #expect(error?.problems.count ?? 0 >= 4)
    }

    @Test("the file that is shipped is good, and every meter of ours is polled by exactly one source of it")
    func shipped() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../pipelines/polling.yaml").standardized.path
        let sources = try PollingDefinition(file: path).sources
        for meter in ServerMeter.allCases.map(\.name) + HostMeter.allCases.map(\.name) {
            let polls = sources.filter { $0.meters.contains(meter) }.count
            #expect(polls == (meter.text.hasPrefix("perf.") ? 0 : 1), "\(meter)")
        }
    }

    @Test(
        "wildcards match as a shell's do",
        arguments: [
            ("cpu", "cpu", true), ("cpu", "cpu.time", false), ("*", "", true), ("*", "anything", true),
            ("cpu*", "cpu", true),
            ("cpu.*", "cpu", false), ("*.bytes", "network.incoming.bytes", true),
            ("*.bytes", "network.incoming.bytes.rate", false),
            ("network.*.bytes", "network.incoming.bytes", true), ("*a*b*c", "xxaxxbxxcxc", true),
            ("*a*b*c", "xxaxxcxxb", false),
            ("?", "a", true), ("?", "", false), ("?", "ab", false), ("vcpu[s.]*", "vcpus", true),
            ("[!a-c]pu", "cpu", false),
            ("[!a-c]pu", "vpu", true), ("[a-c]pu", "cpu", true), ("[z-a]pu", "cpu", false), ("[]x]", "]", true),
            ("[", "[", true),
            ("[ab", "[ab", true), ("", "", true), ("", "a", false), ("[a-]", "-", true),
            (String(repeating: "*a", count: 30) + "b", String(repeating: "a", count: 60), false),
        ])
    func wildcards(pattern: String, name: String, isMatch: Bool) {
        #expect(NamePattern(pattern).matches(name) == isMatch)
    }

    @Test(
        "what an exclusion matches is left out, and exclusions alone choose the rest",
        arguments: [
            (["*"], ["cpu", "memory", "disk.x"]), (["!cpu"], ["memory", "disk.x"]),
            (["*", "!disk.*"], ["cpu", "memory"]),
            (["!disk.*", "*"], ["cpu", "memory"]), (["cpu", "disk.*"], ["cpu", "disk.x"]), (["*", "!*"], []),
        ])
    func selection(patterns: [String], chosen: [String]) {
        let selection = MeterSelection(patterns)
        #expect(["cpu", "memory", "disk.x"].filter { selection.contains(MeterName($0)) } == chosen)
    }
}
