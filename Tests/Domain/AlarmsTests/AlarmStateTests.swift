import Aggregation
import JSON
import Telemetry
import Testing

@testable import Alarms

/// How an alarm's status follows its measures.
@Suite struct AlarmStateTests {
    private func rule(
        periods: Int = 1, method: AlarmMethod = .mean, repeats: Bool = false, comparison: AlarmComparison = .greater
    ) -> AlarmRule {
        AlarmRule(
            name: "busy", meter: GlobPattern("cpu*"), method: method, granularity: .seconds(60),
            evaluationPeriods: periods, comparison: comparison, threshold: 80, repeatsActions: repeats)
    }

    private func measure(_ seconds: Int64, _ value: Double) -> AlarmMeasure {
        AlarmMeasure(timestamp: Instant(seconds: seconds), value: value)
    }

    /// The status after each measure.
    private func run(
        _ rule: AlarmRule, kind: MeterKind = .gauge, _ measures: [(Int64, Double)]
    ) -> [AlarmStatus] {
        var state = AlarmState()
        return measures.map { seconds, value in
            _ = state.step(measure(seconds, value), kind: kind, rule: rule)
            return state.status
        }
    }

    @Test("one period beyond the threshold raises the alarm at its first measure, one within it ends it")
    func onePeriod() {
        #expect(run(rule(), [(0, 90), (60, 70), (120, 81)]) == [.alarm, .ok, .alarm])
    }

    @Test("a sum beyond all numbers is remembered with the periods before it, and differences beyond them are left out")
    func overflow() throws {
        var state = AlarmState()
        let rule = rule(periods: 2, method: .sum)
        _ = state.step(measure(0, 90), kind: .gauge, rule: rule)
        for second in 60...62 { _ = state.step(measure(Int64(second), 1e308), kind: .gauge, rule: rule) }
        let memory = try JSONValue(parsing: state.memory.text)
        #expect(AlarmState(status: state.status, memory: memory) == state)
        #expect(state.status == .alarm)
        #expect(
            run(self.rule(method: .rateMean), [(0, 1e308), (1, -1e308), (2, 1e308)]).last == .insufficientData)
    }

    @Test("all periods must agree; mixed ones leave the status as it is")
    func severalPeriods() {
        let measures: [(Int64, Double)] = [(0, 90), (60, 90), (120, 90), (180, 70), (240, 70), (300, 70)]
        let statuses = run(rule(periods: 3), measures)
        #expect(statuses == [.insufficientData, .insufficientData, .alarm, .alarm, .alarm, .ok])
    }

    @Test("where nothing was known, the newest of mixed periods decides")
    func trending() {
        #expect(run(rule(periods: 2), [(0, 70), (60, 90)]).last == .alarm)
        #expect(run(rule(periods: 2), [(0, 90), (60, 70)]).last == .ok)
    }

    @Test("one missing period is looked past, two are too many")
    func gaps() {
        #expect(run(rule(periods: 2), [(0, 90), (120, 90)]).last == .alarm)
        #expect(
            run(rule(periods: 2), [(0, 90), (60, 90), (240, 90)]) == [.insufficientData, .alarm, .insufficientData])
    }

    @Test(
        "each method folds a period in its way",
        arguments: [
            (AlarmMethod.mean, AlarmStatus.ok), (.min, .ok), (.max, .alarm), (.sum, .alarm), (.count, .ok),
            (.last, .ok),
        ])
    func methods(_ method: AlarmMethod, expected: AlarmStatus) {
        #expect(run(rule(method: method), [(0, 100), (10, 20), (20, 10)]).last == expected)
    }

    @Test("measures of a period may come in any order")
    func order() {
        var (one, two) = (AlarmState(), AlarmState())
        let measures = [measure(0, 100), measure(10, 20), measure(20, 90)]
        for measure in measures { _ = one.step(measure, kind: .gauge, rule: rule(method: .last)) }
        for measure in measures.reversed() { _ = two.step(measure, kind: .gauge, rule: rule(method: .last)) }
        #expect(one.status == two.status)
        #expect(one.windows.map { $0.value(.last) } == [90])
        #expect(one.windows.map { $0.value(.sum) } == two.windows.map { $0.value(.sum) })
    }

    @Test("a late measure counts in its own period while that matters, and changes nothing afterwards")
    func late() {
        var state = AlarmState()
        let rule = rule(periods: 2)
        _ = state.step(measure(60, 90), kind: .gauge, rule: rule)
        let transition = state.step(measure(0, 90), kind: .gauge, rule: rule)
        #expect(transition?.current == .alarm)
        let before = state
        #expect(state.step(measure(-600, 1), kind: .gauge, rule: rule) == nil)
        #expect(state == before)
    }

    @Test("rates are differences; a restart of a cumulative meter counts from zero")
    func rates() {
        let rule = rule(method: .rateMean)
        #expect(run(rule, kind: .cumulative, [(0, 1000), (60, 1090)]) == [.insufficientData, .alarm])
        #expect(run(rule, kind: .cumulative, [(0, 1000), (60, 85)]).last == .alarm)
        #expect(run(rule, kind: .gauge, [(0, 1000), (60, 85)]).last == .ok)
        #expect(run(rule, kind: .delta, [(0, 90)]).last == .alarm)
    }

    @Test("silence makes the status unknown, once, and two periods after the newest began")
    func silence() {
        var state = AlarmState()
        #expect(state.silenceDeadline(rule()) == nil)
        _ = state.step(measure(70, 90), kind: .gauge, rule: rule())
        #expect(state.silenceDeadline(rule()) == Instant(seconds: 180))
        let transition = state.fallSilent()
        #expect(transition?.previous == .alarm)
        #expect(transition?.reason == "0 datapoints are unknown")
        #expect(state.fallSilent() == nil)
        #expect(state.silenceDeadline(rule()) == nil)
    }

    @Test("repeated actions are told once in each further period")
    func repetition() {
        var state = AlarmState()
        let rule = rule(repeats: true)
        let told = [0, 10, 60, 70, 120].map { state.step(measure($0, 90), kind: .gauge, rule: rule) }
        #expect(told.map { $0?.isRepetition } == [false, nil, true, nil, true])
        #expect(told[2]?.reason == "Remaining as alarm due to 1 samples outside threshold, most recent: 90.0")
    }

    @Test("a value that is no number changes nothing")
    func nonsense() {
        var state = AlarmState()
        #expect(state.step(measure(0, .nan), kind: .gauge, rule: rule()) == nil)
        #expect(state.windows.isEmpty)
    }

    @Test("a rule with other periods starts anew and keeps the status")
    func changedRule() {
        var state = AlarmState()
        _ = state.step(measure(0, 90), kind: .gauge, rule: rule())
        let slower = AlarmRule(
            name: "busy", meter: GlobPattern("cpu"), granularity: .seconds(300), evaluationPeriods: 1,
            comparison: .greater, threshold: 80)
        #expect(state.step(measure(60, 70), kind: .gauge, rule: slower)?.current == .ok)
        #expect(state.windows.map(\.start) == [Instant(seconds: 0)])
    }

    @Test("the reason is in Aodh's words")
    func reason() {
        var state = AlarmState()
        let transition = state.step(measure(0, 97.5), kind: .gauge, rule: rule())
        #expect(transition?.reason == "Transition to alarm due to 1 samples outside threshold, most recent: 97.5")
        #expect(
            transition?.reasonData.text
                == #"{"type":"threshold","disposition":"outside","count":1,"most_recent":97.5}"#)
    }

    @Test("a state survives the store, whatever its numbers")
    func memory() throws {
        var state = AlarmState()
        for (seconds, value) in [(0, 0.1), (61, 1e300), (70, -7), (130, 3)] {
            _ = state.step(measure(Int64(seconds), value), kind: .cumulative, rule: rule(periods: 4, method: .rateMean))
        }
        let text = state.memory.text
        let restored = AlarmState(status: state.status, memory: try JSONValue(parsing: text))
        #expect(restored == state)
        #expect(AlarmState(status: .ok, memory: ["windows": [[1, 2]]]) == nil)
        #expect(AlarmState(status: .ok, memory: nil) == nil)
    }

    @Test(
        "comparisons have the value on the left",
        arguments: [
            (AlarmComparison.less, [true, false, false]), (.lessOrEqual, [true, true, false]),
            (.equal, [false, true, false]), (.notEqual, [true, false, true]),
            (.greaterOrEqual, [false, true, true]), (.greater, [false, false, true]),
        ])
    func comparisons(_ comparison: AlarmComparison, expected: [Bool]) {
        #expect([79.0, 80, 81].map { comparison.holds($0, 80) } == expected)
    }

    @Test("a rule watches what all its patterns match")
    func watching() {
        let rule = AlarmRule(
            name: "n", meter: GlobPattern("disk.*"),
            resources: AlarmResourceFilter(type: GlobPattern("instance*"), projectID: GlobPattern("p1")),
            granularity: .seconds(60), evaluationPeriods: 1, comparison: .less, threshold: 0)
        let resource = AlarmResource(id: "a", type: "instance_disk", projectID: "p1")
        #expect(rule.watches("disk.read", of: resource))
        #expect(!rule.watches("cpu", of: resource))
        #expect(!rule.watches("disk.read", of: AlarmResource(id: "a", type: "host", projectID: "p1")))
        #expect(!rule.watches("disk.read", of: AlarmResource(id: "a", type: "instance", projectID: nil)))
    }
}
