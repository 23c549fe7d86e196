package import ServiceKit

/// What the weighing role tells of itself.
package struct WeighingInstruments: Sendable {
    let received: Counter
    let sent: Counter
    let failed: Counters<Failure>
    let hosts: Gauge

    package init(in registry: InstrumentRegistry) {
        received = registry.counter("weighing_batches_received_total", help: "Sample batches read.")
        sent = registry.counter("weighing_records_sent_total", help: "Host-load records that the broker has.")
        failed = registry.counters(
            "weighing_failures_total", help: "What went wrong, by reason.", by: Failure.self)
        hosts = registry.gauge("weighing_hosts", help: "Hosts whose load is tracked.")
    }

    enum Failure: String, InstrumentLabel {
        static let label = "reason"
        /// A message on the samples topic that is no sample batch.
        case malformed
        /// A record that the broker did not take.
        case undelivered
        /// The broker or the consumer group had an error.
        case broker
    }
}
