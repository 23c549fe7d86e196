import Aggregation
import Alarms
import MetricStore
import Postgres
import Telemetry
import TestKit
import Testing

@testable import Alarming

/// Samples judged in a transaction, on a real database.
@Suite(.timeLimit(.minutes(2))) struct AlarmEvaluationTests {
    @Test("a measure beyond the threshold makes an alarm with its history and its action, in one transaction")
    func alarm() async throws {
        try await AlarmFixture.run([AlarmFixture.rule(url: "http://127.0.0.1/")]) { fixture in
            let changed = try await fixture.judge([AlarmFixture.sample(95, at: 0)])
            #expect(changed == 1)
            let alarms = try await fixture.alarms()
            #expect(alarms.map(\.state.status) == [.alarm])
            #expect(alarms[0].key == AlarmKey(rule: "host-busy", resource: "compute-7", meter: "hardware.cpu.util"))
            #expect(alarms[0].severity == .critical)
            #expect(alarms[0].statusAt == AlarmFixture.start)
            let id = alarms[0].id
            let history = try await fixture.pool.transaction { try AlarmStore().history(of: id, limit: 10, in: $0) }
            #expect(history.map(\.previous) == [.insufficientData])
            #expect(history.map(\.current) == [.alarm])
            #expect(history[0].reason == "Transition to alarm due to 1 samples outside threshold, most recent: 95.0")
            let backlog = try await fixture.backlog()
            #expect(backlog == 1)
        }
    }

    @Test("a transaction that is undone leaves neither status nor action")
    func undone() async throws {
        struct Undo: Error {}
        try await AlarmFixture.run([AlarmFixture.rule(url: "http://127.0.0.1/")]) { fixture in
            await #expect(throws: Undo.self) {
                try await fixture.pool.transaction { [fixture] db in
                    try fixture.evaluation.evaluate(
                        [AlarmFixture.sample(95, at: 0)], at: AlarmFixture.start, in: db)
                    throw Undo()
                }
            }
            let alarms = try await fixture.alarms()
            #expect(alarms.isEmpty)
            let backlog = try await fixture.backlog()
            #expect(backlog == 0)
        }
    }

    @Test("periods are remembered between batches, and each resource has its own alarm")
    func memory() async throws {
        try await AlarmFixture.run([AlarmFixture.rule(periods: 3)]) { fixture in
            let other = AlarmResource(id: "compute-8", type: "host", projectID: nil)
            let guest = AlarmResource(id: "vm-1", type: "instance", projectID: "p")
            for (minute, value) in [90.0, 91, 92].enumerated() {
                try await fixture.judge(
                    [
                        AlarmFixture.sample(value, at: minute * 60),
                        AlarmFixture.sample(10, at: minute * 60, of: other),
                        AlarmFixture.sample(99, at: minute * 60, of: guest),
                        AlarmFixture.sample(99, at: minute * 60, meter: "hardware.cpu.load.1min"),
                    ], now: minute * 60)
            }
            let alarms = try await fixture.alarms()
            #expect(alarms.map(\.key.resource) == ["compute-7", "compute-8"])
            #expect(alarms.map(\.state.status) == [.alarm, .ok])
        }
    }

    @Test("several measures of one batch are judged in the order of their time")
    func order() async throws {
        try await AlarmFixture.run([AlarmFixture.rule(url: "http://127.0.0.1/")]) { fixture in
            try await fixture.judge(
                [AlarmFixture.sample(10, at: 60), AlarmFixture.sample(95, at: 0)], now: 60)
            let alarms = try await fixture.alarms()
            #expect(alarms.map(\.state.status) == [.ok])
            let backlog = try await fixture.backlog()
            #expect(backlog == 2)
        }
    }

    @Test("a measure from the future spoils nothing")
    func future() async throws {
        try await AlarmFixture.run([AlarmFixture.rule()]) { fixture in
            try await fixture.judge([AlarmFixture.sample(95, at: 0), AlarmFixture.sample(1, at: 86_400)])
            let alarms = try await fixture.alarms()
            #expect(alarms.map(\.state.status) == [.alarm])
        }
    }

    @Test("silence makes an alarm unknown after two periods and the lag, once")
    func silence() async throws {
        try await AlarmFixture.run([AlarmFixture.rule()]) { fixture in
            try await fixture.judge([AlarmFixture.sample(95, at: 0)])
            for (seconds, expected) in [(149, 0), (151, 1), (300, 0)] {
                let count = try await fixture.pool.transaction { [fixture] db in
                    try fixture.evaluation.fallSilent(at: AlarmFixture.start + .seconds(seconds), limit: 10, in: db)
                }
                #expect(count == expected)
            }
            let alarms = try await fixture.alarms()
            #expect(alarms.map(\.state.status) == [.insufficientData])
            #expect(alarms[0].reason == "0 datapoints are unknown")
        }
    }

    @Test("rules can be swapped; an alarm whose rule is gone falls silent without anybody being told")
    func swapped() async throws {
        try await AlarmFixture.run([AlarmFixture.rule(url: "http://127.0.0.1/")]) { fixture in
            try await fixture.judge([AlarmFixture.sample(95, at: 0)])
            fixture.rules.replace(with: [])
            let changed = try await fixture.judge([AlarmFixture.sample(10, at: 60)], now: 60)
            #expect(changed == 0)
            let count = try await fixture.pool.transaction { [fixture] db in
                try fixture.evaluation.fallSilent(at: AlarmFixture.start + .seconds(500), limit: 10, in: db)
            }
            #expect(count == 1)
            let backlog = try await fixture.backlog()
            #expect(backlog == 1)
        }
    }

    @Test("two transactions that judge the same new alarms wait for each other and neither is lost")
    func concurrency() async throws {
        try await AlarmFixture.run([AlarmFixture.rule(periods: 2)]) { fixture in
            let resources = (0..<50).map { AlarmResource(id: ResourceID("host-\($0)"), type: "host", projectID: nil) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for minute in 0..<2 {
                    let samples = resources.map { AlarmFixture.sample(90, at: minute * 60, of: $0) }
                    group.addTask { try await fixture.judge(minute == 0 ? samples : samples.reversed(), now: 60) }
                }
                try await group.waitForAll()
            }
            let alarms = try await fixture.alarms()
            #expect(alarms.count == 50)
            #expect(alarms.allSatisfy { $0.state.status == .alarm })
        }
    }

    @Test("what is older than the retention is deleted, what waits for delivery stays")
    func pruning() async throws {
        try await AlarmFixture.run([AlarmFixture.rule(url: "http://127.0.0.1/")]) { fixture in
            try await fixture.judge([AlarmFixture.sample(95, at: 0)])
            let future = Instant(seconds: 4_000_000_000)
            let deleted = try await fixture.pool.transaction { try AlarmStore().prune(before: future, in: $0) }
            #expect(deleted == 1)
            let backlog = try await fixture.backlog()
            #expect(backlog == 1)
        }
    }

    @Test("an alarm of which nothing has been known for the retention is forgotten with its history")
    func forgetting() async throws {
        try await AlarmFixture.run([AlarmFixture.rule(), AlarmFixture.rule("other")]) { fixture in
            try await fixture.judge([AlarmFixture.sample(95, at: 0)])
            let silent = AlarmFixture.start + .seconds(600)
            _ = try await fixture.pool.transaction { [evaluation = fixture.evaluation] db in
                try evaluation.fallSilent(at: silent, limit: 10, in: db)
            }
            try await fixture.judge([AlarmFixture.sample(95, at: 86_400, of: AlarmResource(id: "b", type: "host", projectID: nil))], now: 86_400)
            let future = Instant(seconds: 4_000_000_000)
            _ = try await fixture.pool.transaction { try AlarmStore().prune(before: future, in: $0) }
            let left = try await fixture.alarms().map(\.key.resource)
            #expect(left == ["b", "b"])
        }
    }

    @Test("the silence of an alarm whose rule was switched off is told to nobody")
    func disabledSilence() async throws {
        func rule(isEnabled: Bool) -> AlarmRule {
            AlarmRule(
                name: "r", isEnabled: isEnabled, meter: GlobPattern("*"), granularity: .seconds(60), evaluationPeriods: 1,
                comparison: .greater, threshold: 80, actions: [.insufficientData: ["http://127.0.0.1/"]])
        }
        for isEnabled in [true, false] {
            try await AlarmFixture.run([rule(isEnabled: true)]) { fixture in
                try await fixture.judge([AlarmFixture.sample(95, at: 0)])
                fixture.rules.replace(with: [rule(isEnabled: isEnabled)])
                let silent = AlarmFixture.start + .seconds(600)
                _ = try await fixture.pool.transaction { [evaluation = fixture.evaluation] db in
                    try evaluation.fallSilent(at: silent, limit: 10, in: db)
                }
                #expect(try await fixture.alarms().map(\.state.status) == [.insufficientData])
                #expect(try await fixture.backlog() == (isEnabled ? 1 : 0))
            }
        }
    }
}
