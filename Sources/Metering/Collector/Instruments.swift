package import ServiceKit

/// What the collector tells about itself.
package struct CollectorInstruments: Sendable {
    package let polls: Counter
    package let skippedPolls: Counter
    package let pollSeconds: Histogram
    package let samplesRead: Counter
    package let failures: Counters<PollFailure>
    package let domains: Gauge
    package let quarantinedDomains: Gauge
    package let abandonedConnections: Gauge
    package let batchesSent: Counter
    package let samplesSent: Counter
    package let sendFailures: Counters<SendFailureLabel>
    package let samplesDropped: KeyedCounters
    package let spoolBytes: Gauge
    package let spoolBatches: Gauge
    package let spoolDamage: Counter
    package let spoolWriteFailures: Counter

    /// More meters than a collector has.
    private static let meterLimit = 1_024

    package init(in registry: InstrumentRegistry) {
        polls = registry.counter("collector_polls_total", help: "Polls begun, of all sources.")
        skippedPolls = registry.counter(
            "collector_skipped_polls_total", help: "Polls that fell due while an earlier one of their source ran.")
        pollSeconds = registry.histogram("collector_poll_seconds", help: "Duration of polls.")
        samplesRead = registry.counter("collector_samples_read_total", help: "Samples read by polls.")
        failures = registry.counters(
            "collector_poll_failures_total", help: "Domains and counters that a poll could not read, by reason.",
            by: PollFailure.self)
        domains = registry.gauge("collector_domains", help: "Domains at the last poll of all.")
        quarantinedDomains = registry.gauge(
            "collector_quarantined_domains", help: "Domains left out of the last poll because they hang.")
        abandonedConnections = registry.gauge(
            "collector_abandoned_connections",
            help: "Connections to the hypervisor given up with a call that hung, since the start.")
        batchesSent = registry.counter("collector_batches_sent_total", help: "Batches that the broker acknowledged.")
        samplesSent = registry.counter("collector_samples_sent_total", help: "Samples that the broker acknowledged.")
        sendFailures = registry.counters(
            "collector_send_failures_total", help: "Attempts to send a batch that failed, by what follows.",
            by: SendFailureLabel.self)
        samplesDropped = registry.keyedCounters(
            "collector_samples_dropped_total", help: "Samples lost for good, by meter and reason.",
            labels: ["meter", "reason"], limit: Self.meterLimit)
        spoolBytes = registry.gauge("collector_spool_bytes", help: "Bytes of batches that wait in the spool.")
        spoolBatches = registry.gauge("collector_spool_batches", help: "Batches that wait in the spool.")
        spoolDamage = registry.counter(
            "collector_spool_damaged_bytes_total", help: "Bytes of the spool that were found damaged and passed over.")
        spoolWriteFailures = registry.counter(
            "collector_spool_write_failures_total", help: "Batches that the disk would not take and memory kept.")
    }
}

/// Why something was not read.
package enum PollFailure: String, InstrumentLabel {
    package static let label = "reason"
    /// The hypervisor could not be asked at all.
    case unreachable
    /// A call did not return in time.
    case deadline
    /// The domain hung before and was left out.
    case quarantined
    /// The poll's time was over before the domain's turn came.
    case late
    /// The domain was gone by the time it was asked.
    case gone
    /// libvirt refused to answer for the domain.
    case refused
    /// The domain's XML could not be had or read.
    case description
    /// libvirt answered without a group of counters that the domain should have: its monitor is busy.
    case incomplete
    /// A counter of the host that exists could not be read.
    case host
    /// An attempt to follow the hypervisor's events failed.
    case events
}

/// What follows a failure to send.
package enum SendFailureLabel: String, InstrumentLabel {
    package static let label = "outcome"
    /// The batch is sent again.
    case retried
    /// The broker will never take this batch; it is dropped.
    case dropped
}
