import Aggregation
import Notifications
import Telemetry
import Testing

@testable import Ingestion

struct IngestionRulesTests {
    private static func rules(_ rules: [(pattern: String, policy: ArchivePolicy)]) throws -> IngestionRules {
        let resources = """
            archive_policy_default: ceilometer-high
            resources:
              - resource_type: instance
                metrics:
                  cpu: {archive_policy_name: low}
                  memory:
                  disk: {archive_policy_name: nowhere}
              - resource_type: volume
                archive_policy: medium
                metrics: [volume.size]
            """
        let definitions = try Definitions(
            Definitions.Sources(
                meters: [Definitions.Source(name: "meters.yaml", text: "metric: []")],
                events: Definitions.Source(name: "event_definitions.yaml", text: "[]"),
                pipeline: Definitions.Source(name: "pipeline.yaml", text: "{sources: [], sinks: []}"),
                eventPipeline: Definitions.Source(name: "event_pipeline.yaml", text: "{sources: [], sinks: []}"),
                resources: Definitions.Source(name: "gnocchi_resources.yaml", text: resources)))
        return IngestionRules(
            converter: Converter(definitions, options: ConversionOptions()), resources: definitions.resources,
            policies: try ArchivePolicyCatalogue(
                policies: ArchivePolicy.defaults,
                rules: rules.map {
                    try ArchivePolicyRule(name: $0.pattern, metricPattern: $0.pattern, policyName: $0.policy.name)
                }))
    }

    @Test(
        "a rule for some metrics comes first, then what the definitions name, then the rule for all, then their default",
        arguments: [
            ("cpu", "low"), ("memory", "bool"), ("disk", "bool"), ("volume.size", "medium"), ("else", "bool"),
            ("hardware.x", "high"),
        ])
    func precedence(meter: String, policy: String) throws {
        let rules = try Self.rules([("*", .bool), ("hardware.*", .high)])
        #expect(rules.policyName(of: MeterName(meter), ofResourceType: "instance") == policy)
    }

    @Test("without a rule the definitions decide, and a policy that exists nowhere is none")
    func withoutRules() throws {
        let rules = try Self.rules([])
        let names = ["cpu", "memory", "disk", "else"].map { rules.policyName(of: MeterName($0), ofResourceType: "instance") }
        #expect(names == ["low", "ceilometer-high", nil, "ceilometer-high"])
    }

    @Test("each replacement is a generation of its own")
    func generations() throws {
        let current = CurrentRules(try Self.rules([]))
        current.replace(by: try Self.rules([("*", .low)]))
        #expect(current.generation == 1 && current.value.policies.rules.count == 1)
    }
}
