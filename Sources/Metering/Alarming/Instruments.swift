package import ServiceKit

/// What alarming tells of itself.
package struct AlarmingInstruments: Sendable {
    let delivered: Counter
    let failed: Counters<Failure>
    let pending: Gauge

    package init(in registry: InstrumentRegistry) {
        delivered = registry.counter("alarming_actions_delivered_total", help: "Webhooks that accepted an action.")
        failed = registry.counters(
            "alarming_failures_total", help: "What went wrong in alarming, by reason.", by: Failure.self)
        pending = registry.gauge("alarming_actions_pending", help: "Actions that wait for delivery.")
    }

    enum Failure: String, InstrumentLabel {
        static let label = "reason"
        /// A webhook's address that is not allowed.
        case refused
        /// A webhook that did not answer.
        case unreachable
        /// A webhook that answered with no success.
        case status
        /// An action that was given up.
        case abandoned
        /// The store was away.
        case store
    }
}
