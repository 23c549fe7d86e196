import Aggregation
import Alarms
import Documents
import Foundation
import Telemetry
import Testing

@testable import Alarming

/// The file of alarm rules.
@Suite struct AlarmRuleFileTests {
    private let hosts = AllowedHosts(["hooks.example.org"])

    private func read(_ text: String) throws -> [AlarmRule] {
        try AlarmRuleFile.read(text, named: "alarms.yaml", allowing: hosts)
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let error as DocumentError {
            return error.problems.map { "\($0.position.map { "\($0.line)" } ?? "-") \($0.message)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test("a rule with every key is read as written")
    func full() throws {
        let rules = try read(
            """
            alarms:
              - name: guest-disk-writes
                description: A guest writes too much
                enabled: false
                meter: disk.device.write.bytes
                resource: {type: instance_disk, id: "*-vda", project_id: "4f*"}
                aggregation_method: rate:mean
                granularity: 5m
                evaluation_periods: 3
                comparison_operator: ge
                threshold: 1.5e9
                severity: moderate
                alarm_actions: ["https://hooks.example.org/a"]
                ok_actions: ["https://hooks.example.org/b"]
                insufficient_data_actions: ["https://hooks.example.org/c"]
                repeat_actions: true
            """)
        let rule = try #require(rules.first)
        #expect(rule.name == "guest-disk-writes")
        #expect(!rule.isEnabled)
        #expect(rule.resources.id?.text == "*-vda")
        #expect(rule.method == .rateMean)
        #expect(rule.granularity == .seconds(300))
        #expect(rule.evaluationPeriods == 3)
        #expect(rule.comparison == .greaterOrEqual)
        #expect(rule.threshold == 1.5e9)
        #expect(rule.severity == .moderate)
        #expect(rule.actions[.insufficientData] == ["https://hooks.example.org/c"])
        #expect(rule.repeatsActions)
    }

    @Test("what is left out has Aodh's defaults")
    func defaults() throws {
        let rules = try read(
            "alarms: [{name: a, meter: cpu, granularity: 60, comparison_operator: gt, threshold: 1}]")
        let rule = try #require(rules.first)
        #expect(rule.method == .mean)
        #expect(rule.granularity == .seconds(60))
        #expect(rule.evaluationPeriods == 1)
        #expect(rule.severity == .low)
        #expect(rule.isEnabled && !rule.repeatsActions)
        #expect(rule.actions.isEmpty)
    }

    @Test("every problem is named with its line")
    func badFile() {
        let problems = problems(
            """
            alarms:
              - name: a
                meter: cpu
                granularity: 60s
                comparison_operator: above
                threshold: high
                alarm_actions:
                  - http://169.254.169.254/latest
              - name: b
                meter: cpu
                granularity: 60s
                comparison_operator: gt
                threshold: 1
                treshold: 2
              - name: b
                meter: cpu
                granularity: 0s
                comparison_operator: gt
                threshold: 1
            """)
        #expect(problems.count == 5, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("5 ") && $0.contains("lt, le, eq, ne, ge, gt") })
        #expect(problems.contains { $0.hasPrefix("6 ") && $0.contains("a number") })
        #expect(problems.contains { $0.hasPrefix("8 ") && $0.contains("169.254.169.254") })
        #expect(problems.contains { $0.hasPrefix("14 ") && $0.contains("treshold") })
        #expect(problems.contains { $0.hasPrefix("17 ") })
    }

    @Test("two rules of one name are refused")
    func twice() {
        let rule = "{name: a, meter: cpu, granularity: 60s, comparison_operator: gt, threshold: 1}"
        #expect(problems("alarms: [\(rule), \(rule)]").contains { $0.contains("used twice") })
    }

    @Test("the file that comes with Nephoscope is good and calls nobody")
    func shipped() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../pipelines/alarms.yaml").standardized.path
        let rules = try AlarmRuleFile.read(file: path, allowing: AllowedHosts([]))
        #expect(!rules.isEmpty)
        #expect(rules.allSatisfy { $0.actions.isEmpty })
    }
}
