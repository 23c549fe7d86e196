package import Alarms
internal import JSON
package import MetricStore
package import Postgres
package import Telemetry

/// One reading as it reaches the alarms.
package struct AlarmSample: Hashable, Sendable {
    package let resource: AlarmResource
    package let meter: MeterName
    package let kind: MeterKind
    package let measure: AlarmMeasure

    package init(resource: AlarmResource, meter: MeterName, kind: MeterKind, measure: AlarmMeasure) {
        self.resource = resource
        self.meter = meter
        self.kind = kind
        self.measure = measure
    }
}

/// Judges samples by the rules, inside of the transaction that stores them.
///
/// A change of status, its history and its actions are committed with the samples and their offsets: a batch that is delivered
/// again is not judged again, and a crash loses neither the change nor the action.
package struct AlarmEvaluation: Sendable {
    private let rules: AlarmRules
    private let store: AlarmStore
    /// How much later than due a measure may come before its silence counts.
    private let lag: Duration

    /// Measures from further ahead would push the true ones out of the periods that matter.
    private static let futureLimit = Duration.seconds(300)

    package init(rules: AlarmRules, store: AlarmStore, lag: Duration) {
        self.rules = rules
        self.store = store
        self.lag = lag
    }

    /// Judges the samples of one batch, in any order.
    ///
    /// - Returns: how many alarms changed their status.
    @discardableResult
    package func evaluate(_ samples: [AlarmSample], at now: Instant, in db: isolated Session) throws -> Int {
        let watched = watched(samples, at: now)
        let severities = watched.mapValues(\.rule.severity)
        let alarms = try store.lock(severities, at: now, in: db)
        var changes: [AlarmChange] = []
        for (key, alarm) in alarms {
            guard let watch = watched[key] else { continue }
            changes.append(judge(alarm, watch))
        }
        try store.save(changes, in: db)
        return changes.count { change in change.transitions.contains { !$0.transition.isRepetition } }
    }

    /// Takes note of alarms that no measure has reached in time.
    ///
    /// - Returns: how many there were; with as many as the limit there may be more.
    package func fallSilent(at now: Instant, limit: Int, in db: isolated Session) throws -> Int {
        let silent = try store.silent(at: now, limit: limit, in: db)
        let changes = silent.map { alarm in
            var state = alarm.state
            let transitions = state.fallSilent().map { [($0, now)] } ?? []
            return change(of: alarm, to: state, by: rules[alarm.key.rule], transitions)
        }
        try store.save(changes, in: db)
        return changes.count
    }

    /// Which of these meters some rule watches.
    func watchedMeters(among meters: Set<MeterName>) -> Set<MeterName> {
        Set(rules.rules(for: meters).keys)
    }

    private struct Watch {
        let rule: AlarmRule
        let kind: MeterKind
        var measures: [AlarmMeasure]
    }

    /// The samples that a rule watches, by alarm.
    private func watched(_ samples: [AlarmSample], at now: Instant) -> [AlarmKey: Watch] {
        let candidates = rules.rules(for: Set(samples.map(\.meter)))
        guard !candidates.isEmpty else { return [:] }
        let latest = now + Self.futureLimit
        var watched: [AlarmKey: Watch] = [:]
        for sample in samples where sample.measure.timestamp <= latest {
            for rule in candidates[sample.meter] ?? [] where rule.resources.matches(sample.resource) {
                let key = AlarmKey(rule: rule.name, resource: sample.resource.id, meter: sample.meter)
                watched[key, default: Watch(rule: rule, kind: sample.kind, measures: [])].measures.append(
                    sample.measure)
            }
        }
        return watched
    }

    private func judge(_ alarm: StoredAlarm, _ watch: Watch) -> AlarmChange {
        var state = alarm.state
        var transitions: [(AlarmTransition, Instant)] = []
        for measure in watch.measures.sorted(by: { $0.timestamp < $1.timestamp }) {
            guard let transition = state.step(measure, kind: watch.kind, rule: watch.rule) else { continue }
            transitions.append((transition, measure.timestamp))
        }
        return change(of: alarm, to: state, by: watch.rule, transitions)
    }

    private func change(
        of alarm: StoredAlarm, to state: AlarmState, by rule: AlarmRule?, _ transitions: [(AlarmTransition, Instant)]
    ) -> AlarmChange {
        let severity = rule?.severity ?? alarm.severity
        let actions = transitions.flatMap { transition, _ in
            let body = AlarmActionBody(alarm: alarm, severity: severity, transition: transition).json.text
            // Silence reaches the alarms of rules that are gone or switched off, which tell nobody.
            guard let rule, rule.isEnabled else { return [NewAlarmAction]() }
            return (rule.actions[transition.current] ?? []).map {
                NewAlarmAction(alarmID: alarm.id, url: $0, body: body)
            }
        }
        return AlarmChange(
            alarmID: alarm.id, severity: severity, state: state,
            silentAt: rule.flatMap { state.silenceDeadline($0) }.map { $0 + lag },
            transitions: transitions.map { (transition: $0.0, at: $0.1) }, actions: actions)
    }
}
