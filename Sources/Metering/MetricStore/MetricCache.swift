package import Aggregation
import Synchronization
package import Telemetry

/// What the hot path needs of a metric: few enough bytes to be copied about.
package struct InternedMetric: Hashable, Sendable {
    package let id: MetricID
    package let kind: MeterKind
    /// How long its measures are kept.
    package let rawTimespan: Duration

    package init(id: MetricID, kind: MeterKind, rawTimespan: Duration) {
        self.id = id
        self.kind = kind
        self.rawTimespan = rawTimespan
    }

    package init(_ metric: Metric, policy: ArchivePolicy) {
        self.init(id: metric.id, kind: metric.kind, rawTimespan: policy.rawTimespan)
    }
}

/// The metrics that an ingesting process has met, by resource and meter, so that a known one costs no statement.
///
/// It learns only from transactions that have committed. A metric never changes but for its policy's timespans: whoever changes
/// them is to `forget()`.
package final class MetricCache: Sendable {
    /// About 150 bytes each: 300 MB at most.
    ///
    /// Past it the cache starts anew.
    package static let countLimit = 2_000_000

    private struct State {
        var metrics: [ResourceID: [MeterName: InternedMetric]] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// The metrics of several meters of one resource, under one lock; nil for those that are not known.
    package func metrics(of resource: ResourceID, meters: some Collection<MeterName>) -> [InternedMetric?] {
        state.withLock { state in
            guard let known = state.metrics[resource] else { return Array(repeating: nil, count: meters.count) }
            return meters.map { known[$0] }
        }
    }

    /// Takes over metrics that a transaction has stored or found, after it has committed.
    package func learn(_ metrics: [(resource: ResourceID, meter: MeterName, metric: InternedMetric)]) {
        state.withLock { state in
            if state.count + metrics.count > Self.countLimit { state = State() }
            for (resource, meter, metric) in metrics {
                if state.metrics[resource, default: [:]].updateValue(metric, forKey: meter) == nil { state.count += 1 }
            }
        }
    }

    /// Forgets everything; each metric is looked up again when it is met.
    package func forget() { state.withLock { $0 = State() } }

    /// The number of metrics that are known.
    package var count: Int { state.withLock { $0.count } }
}
