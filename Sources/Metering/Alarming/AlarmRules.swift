internal import Aggregation
package import Alarms
internal import Synchronization
internal import Telemetry

/// The alarm rules in force; they can be swapped while samples are judged.
package final class AlarmRules: Sendable {
    private let state: Mutex<State>

    /// Names of meters come from outside; past this many the answers about them are forgotten and found again.
    private static let rememberedLimit = 50_000

    private struct State {
        var rules: [AlarmRule]
        /// The rules whose pattern a meter's name matches.
        ///
        /// Most meters have none, and most samples end here.
        var byMeter: [MeterName: [AlarmRule]] = [:]
    }

    package init(_ rules: [AlarmRule]) {
        state = Mutex(State(rules: rules))
    }

    package func replace(with rules: [AlarmRule]) {
        state.withLock { $0 = State(rules: rules) }
    }

    package subscript(name: AlarmName) -> AlarmRule? {
        state.withLock { state in state.rules.first { $0.name == name } }
    }

    /// The rules that watch these meters at all, by meter; disabled ones are left out.
    func rules(for meters: Set<MeterName>) -> [MeterName: [AlarmRule]] {
        state.withLock { state in
            guard !state.rules.isEmpty else { return [:] }
            if state.byMeter.count > Self.rememberedLimit { state.byMeter = [:] }
            var found: [MeterName: [AlarmRule]] = [:]
            for meter in meters {
                let rules = state.byMeter[meter] ?? state.rules.filter { $0.isEnabled && $0.meter.matches(meter.text) }
                state.byMeter[meter] = rules
                if !rules.isEmpty { found[meter] = rules }
            }
            return found
        }
    }
}
