import Aggregation
import Telemetry
import Testing

@Suite("An archive policy")
struct ArchivePolicyTests {
    @Test("is there under each name that Gnocchi and Ceilometer use")
    func defaults() throws {
        let names = [
            "low", "medium", "high", "bool", "ceilometer-low", "ceilometer-low-rate", "ceilometer-high",
            "ceilometer-high-rate",
        ]
        #expect(ArchivePolicy.defaults.map(\.name) == names)
        let high = try #require(ArchivePolicy.defaults.first { $0.name == "high" })
        #expect(high.definitions.map(\.granularity) == [.seconds(1), .seconds(60), .seconds(3_600)])
        #expect(high.definitions.map(\.points) == [3_600, 10_080, 8_760])
        #expect(high.methods == [.mean, .min, .max, .sum, .count, .std])
        #expect(high.longestTimespan == .seconds(365 * 86_400))
        #expect(ArchivePolicy.ceilometerLowRate.methods == [.mean, .rate(.mean)])
    }

    @Test("definition follows from any two of its figures")
    func twoOfThree() throws {
        let byPoints = try ArchiveDefinition(granularity: .seconds(60), points: 10)
        #expect(byPoints.timespan == .seconds(600))
        #expect(try ArchiveDefinition(granularity: .seconds(60), timespan: .seconds(600)) == byPoints)
        #expect(try ArchiveDefinition(points: 10, timespan: .seconds(600)) == byPoints)
        #expect(try ArchiveDefinition(granularity: .seconds(60), points: 10, timespan: .seconds(600)) == byPoints)
        #expect(try ArchiveDefinition(granularity: .seconds(60), timespan: .seconds(659)) == byPoints)
    }

    @Test("definition that contradicts itself or a limit is refused, naming field and limit")
    func badDefinitions() {
        func error(_ make: () throws(ArchivePolicyError) -> ArchiveDefinition) -> ArchivePolicyError? {
            do {
                _ = try make()
                return nil
            } catch { return error }
        }
        let week = Duration.seconds(7 * 86_400)
        #expect(
            error { () throws(ArchivePolicyError) in try ArchiveDefinition(granularity: .seconds(1)) }
                == .definitionIncomplete)
        #expect(
            error { () throws(ArchivePolicyError) in
                try ArchiveDefinition(granularity: .seconds(1), points: 5, timespan: .seconds(6))
            } == .definitionContradictory(granularity: .seconds(1), points: 5, timespan: .seconds(6)))
        #expect(
            error { () throws(ArchivePolicyError) in try ArchiveDefinition(granularity: .zero, timespan: week) }
                == .granularityOutOfRange(.zero, limits: ArchiveDefinition.granularityLimits))
        #expect(
            error { () throws(ArchivePolicyError) in try ArchiveDefinition(granularity: .seconds(1), points: 0) }
                == .pointsOutOfRange(0, limits: ArchiveDefinition.pointsLimits))
        #expect(
            error { () throws(ArchivePolicyError) in try ArchiveDefinition(granularity: week, timespan: .seconds(1)) }
                == .timespanShorterThanGranularity(timespan: .seconds(1), granularity: week))
        #expect(
            error { () throws(ArchivePolicyError) in
                try ArchiveDefinition(granularity: week, points: ArchiveDefinition.pointsLimits.upperBound)
            }?.description.hasPrefix("timespan:") == true)
    }

    @Test("with a repeated granularity, no granularity, or no name is refused")
    func badPolicies() throws {
        let hour = try ArchiveDefinition(granularity: .seconds(3_600), points: 10)
        let other = try ArchiveDefinition(granularity: .seconds(3_600), points: 20)
        #expect(throws: ArchivePolicyError.granularityRepeated(.seconds(3_600))) {
            try ArchivePolicy(name: "x", definitions: [hour, other])
        }
        #expect(throws: ArchivePolicyError.definitionCount(0, limit: 16)) {
            try ArchivePolicy(name: "x", definitions: [])
        }
        #expect(throws: ArchivePolicyError.nameLength(0, limit: 255)) {
            try ArchivePolicy(name: "", definitions: [hour])
        }
        #expect(throws: ArchivePolicyError.backWindowNegative(-1)) {
            try ArchivePolicy(name: "x", backWindow: -1, definitions: [hour])
        }
    }

    @Test(
        "reads its methods as Gnocchi does",
        arguments: [
            (["mean", "95pct"], ["mean", "95pct"]),
            (["+rate:mean", "-std"], ["mean", "min", "max", "sum", "count", "rate:mean"]),
            (["mean", "+max", "-mean"], ["max"]), ([], ["mean", "min", "max", "sum", "count", "std"]),
        ])
    func methods(_ entries: [String], _ expected: [String]) throws {
        #expect(try ArchivePolicy.methods(entries).map(\.description) == expected)
    }

    @Test("takes a star for all methods, and unknown ones are refused")
    func starAndUnknown() throws {
        #expect(try ArchivePolicy.methods(["*"]).count == 216)
        #expect(try ArchivePolicy.methods(["*", "-mean"]).count == 215)
        for entry in ["avg", "100pct", "0pct", "+", "rate:", "rate:rate:mean", "095pct", ""] {
            #expect(throws: ArchivePolicyError.methodUnknown(entry)) { try ArchivePolicy.methods([entry]) }
        }
        #expect(throws: ArchivePolicyError.methodsEmpty) { try ArchivePolicy.methods(["mean", "-mean"]) }
    }

    @Test("Every method reads back from its text")
    func methodText() {
        #expect(AggregationMethod.all.count == 216)
        for method in AggregationMethod.all { #expect(AggregationMethod(method.description) == method) }
    }
}

@Suite("Archive policy rules")
struct ArchivePolicyRuleTests {
    @Test("give the policy of the longest pattern that matches, a resource type before all")
    func precedence() throws {
        let catalogue = try ArchivePolicyCatalogue(
            policies: ArchivePolicy.defaults,
            rules: [
                ArchivePolicyRule(name: "default", metricPattern: "*", policyName: "low"),
                ArchivePolicyRule(name: "disk", metricPattern: "disk.*", policyName: "medium"),
                ArchivePolicyRule(
                    name: "disk bytes", metricPattern: "disk.device.*.bytes", policyName: "ceilometer-low-rate"),
                ArchivePolicyRule(name: "hosts", metricPattern: "disk.*", resourceType: "host", policyName: "high"),
            ])
        func policy(_ metric: MeterName, _ type: ResourceType) -> String? {
            catalogue.policy(for: metric, of: type)?.name
        }
        #expect(policy("cpu", "instance") == "low")
        #expect(policy("disk.root.size", "instance") == "medium")
        #expect(policy("disk.device.read.bytes", "instance_disk") == "ceilometer-low-rate")
        #expect(policy("disk.device.read.bytes", "host") == "high")
    }

    @Test("that name an unknown policy, repeat a name or have no pattern are refused")
    func badRules() throws {
        let rule = try ArchivePolicyRule(name: "a", metricPattern: "*", policyName: "low")
        #expect(throws: ArchivePolicyError.policyUnknown("low", rule: "a")) {
            try ArchivePolicyCatalogue(policies: [.medium], rules: [rule])
        }
        #expect(throws: ArchivePolicyError.ruleRepeated("a")) {
            try ArchivePolicyCatalogue(policies: [.low], rules: [rule, rule])
        }
        #expect(throws: ArchivePolicyError.policyRepeated("low")) {
            try ArchivePolicyCatalogue(policies: [.low, .low], rules: [])
        }
        #expect(throws: ArchivePolicyError.patternLength(0, limit: 255)) {
            try ArchivePolicyRule(name: "a", metricPattern: "", policyName: "low")
        }
    }

    @Test(
        "match as Python's fnmatch does",
        arguments: [
            ("*", "", true), ("*", "any.thing", true), ("disk.*", "disk.read", true), ("disk.*", "disk", false),
            ("d?sk", "disk", true), ("d?sk", "dsk", false), ("*.bytes", "a.bytes.rate", false),
            ("*.b*s", "a.b.bytes", true),
            ("[a-c]pu", "cpu", true), ("[!a-c]pu", "cpu", false), ("[]x]", "]", true), ("[x", "[x", true),
            ("a[b", "ab", false),
            ("[c-a]", "b", false), ("CPU", "cpu", false),
            ("*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ])
    func patterns(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(GlobPattern(pattern).matches(text) == matches)
    }
}
