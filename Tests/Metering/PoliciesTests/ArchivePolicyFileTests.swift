import Aggregation
import Documents
import Foundation
import Policies
import Telemetry
import Testing

@Suite("The file of archive policies")
struct ArchivePolicyFileTests {
    @Test("that is delivered has Gnocchi's and Ceilometer's policies unchanged and rules for what we meter")
    func delivered() throws {
        let path = URL(filePath: #filePath).appending(path: "../../../../pipelines/archive_policies.yaml").standardized
            .path
        let catalogue = try ArchivePolicyFile.read(file: path)
        for policy in ArchivePolicy.defaults { #expect(catalogue.policies[policy.name] == policy) }
        for policy in catalogue.policies.values {
            #expect(policy.rawTimespan >= min(policy.longestTimespan, .seconds(35 * 86_400)), "\(policy.name)")
        }
        let expected: [(MeterName, ResourceType, String)] = [
            ("cpu", "instance", "ceilometer-low-rate"), ("memory.usage", "instance", "ceilometer-low"),
            ("vcpus", "instance", "ceilometer-low"), ("vcpu.time", "instance", "ceilometer-low-rate"),
            ("disk.device.read.bytes", "instance_disk", "ceilometer-low-rate"),
            ("disk.device.capacity", "instance_disk", "ceilometer-low"),
            ("disk.device.usage", "instance_disk", "ceilometer-low"),
            ("network.incoming.bytes", "instance_network_interface", "traffic"),
            ("network.outgoing.packets", "instance_network_interface", "ceilometer-low-rate"),
            ("network.incoming.bytes.rate", "instance_network_interface", "ceilometer-low"),
            ("volume.size", "volume", "ceilometer-low"), ("hardware.cpu.util", "host", "host"),
        ]
        for (metric, type, policy) in expected {
            #expect(catalogue.policy(for: metric, of: type)?.name == policy, "\(metric)")
        }
    }

    @Test(
        "reads a length of time in each spelling",
        arguments: ["5m", "5 minutes", "300", "0:05:00", "300.0", "300 seconds", "300s"])
    func timespans(_ text: String) throws {
        let catalogue = try ArchivePolicyFile.read(
            "{archive_policies: [{name: p, definition: [{granularity: '\(text)', points: 2}]}], archive_policy_rules: []}",
            named: "t")
        #expect(catalogue.policies["p"]?.definitions.first?.granularity == .seconds(300))
    }

    @Test("names every problem with its place")
    func problems() {
        let text = """
            archive_policies:
              - name: a
                definition:
                  - {granularity: soon, timespan: 1d}
              - name: b
                definition:
                  - {granularity: 1m}
                aggregation_methods: [avg]
              - name: c
                definition:
                  - {granularity: 0s, points: 3}
                  - {granularity: 1m, points: 3, timespan: 1h}
                backwindow: 3
            archive_policy_rules:
              - {name: r, metric_pattern: "", archive_policy_name: a}
            """
        let error = #expect(throws: DocumentError.self) { try ArchivePolicyFile.read(text, named: "p.yaml") }
        #expect(
            error?.description == """
                p.yaml:4:23: archive_policies[0].definition[0].granularity: expected a length of time such as 5m, 5 minutes, \
                1:00:00 or 300, found "soon"
                p.yaml:7:9: archive_policies[1].definition[0]: definition: needs two of granularity, points and timespan
                p.yaml:8:26: archive_policies[1].aggregation_methods: aggregation_methods: "avg" is not a method
                p.yaml:11:9: archive_policies[2].definition[0]: granularity: is 0.0 seconds, allowed are 0.001 seconds to \
                31622400.0 seconds
                p.yaml:12:9: archive_policies[2].definition[1]: timespan: is 3600.0 seconds, but granularity × points is 60.0 \
                seconds × 3
                p.yaml:13:5: archive_policies[2]: the key backwindow is unknown; did you mean back_window?
                p.yaml:15:5: archive_policy_rules[0]: metric_pattern: has 0 characters, allowed are 1 to 255
                """)
    }

    @Test("refuses a rule for a policy that isn't there")
    func unknownPolicy() {
        let text = """
            archive_policies: [{name: a, definition: [{granularity: 1m, points: 3}]}]
            archive_policy_rules: [{name: r, metric_pattern: "*", archive_policy_name: b}]
            """
        let error = #expect(throws: DocumentError.self) { try ArchivePolicyFile.read(text, named: "p.yaml") }
        #expect(
            error?.description
                == "p.yaml:1:1: archive_policy_name: rule \"r\" names the unknown policy \"b\"")
    }
}
