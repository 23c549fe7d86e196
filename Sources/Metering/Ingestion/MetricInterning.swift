import Aggregation
import MetricStore
import Postgres
import Synchronization
import Telemetry

/// Finds the metrics that readings belong to, and makes those that are new.
///
/// A metric that the process knows costs a look into a table; only new ones cost statements.
final class MetricInterning: Sendable {
    private let rules: CurrentRules
    private let cache = MetricCache()
    private let policies = Mutex<[ArchivePolicyID: ArchivePolicy]>([:])

    typealias Entry = (resource: ResourceID, meter: MeterName, metric: InternedMetric)

    init(rules: CurrentRules) {
        self.rules = rules
    }

    /// To be called with what `intern` found, after its transaction has committed.
    func learn(_ entries: [Entry]) {
        cache.learn(entries)
    }

    /// The metric of every reading, in their order.
    func intern(
        _ resources: [MeasuredResource], numbers: [ResourceID: ResourceNumber], in db: isolated Session
    ) throws -> InternedResources {
        var interned = InternedResources()
        interned.metrics.reserveCapacity(resources.count)
        var incomplete: [Int] = []
        for (place, resource) in resources.enumerated() {
            let meters = resource.readings.map { resource.meters[$0.meter].name }
            let known = cache.metrics(of: resource.observation.id, meters: meters)
            if known.contains(where: { $0 == nil }) { incomplete.append(place) }
            interned.metrics.append(known)
        }
        guard !incomplete.isEmpty else { return interned }
        let made = try make(incomplete.map { resources[$0] }, numbers, in: db)
        for place in incomplete {
            let resource = resources[place]
            guard let number = numbers[resource.observation.id] else { continue }
            for (index, reading) in resource.readings.enumerated() where interned.metrics[place][index] == nil {
                let meter = resource.meters[reading.meter].name
                guard let metric = made[MetricRegistry.Key(resource: number, meter: meter)] else { continue }
                interned.metrics[place][index] = metric
                interned.new.append((resource.observation.id, meter, metric))
            }
        }
        return interned
    }

    private func make(
        _ resources: [MeasuredResource], _ numbers: [ResourceID: ResourceNumber], in db: isolated Session
    ) throws -> [MetricRegistry.Key: InternedMetric] {
        let rules = rules.value
        var wanted: [MetricRegistry.Wanted] = []
        for resource in resources {
            guard let number = numbers[resource.observation.id] else { continue }
            let type = resource.observation.type ?? ""
            for reading in resource.readings {
                let meter = resource.meters[reading.meter]
                guard let policy = rules.policyName(of: meter.name, ofResourceType: type) else { continue }
                wanted.append(
                    MetricRegistry.Wanted(
                        resource: number, meter: meter.name, kind: meter.kind, unit: meter.unit, policyName: policy))
            }
        }
        let metrics = try MetricRegistry().intern(wanted, in: db)
        return try metrics.compactMapValues { metric in
            try policy(metric.policyID, in: db).map { InternedMetric(metric, policy: $0) }
        }
    }

    /// A stored policy.
    ///
    /// Policies are read again when a number is met that is not known yet.
    private func policy(_ id: ArchivePolicyID, in db: isolated Session) throws -> ArchivePolicy? {
        if let policy = policies.withLock({ $0[id] }) { return policy }
        let stored = try ArchivePolicyStore().all(in: db)
        policies.withLock { $0 = stored }
        return stored[id]
    }
}

/// The metrics of the readings of some resources.
struct InternedResources: Sendable {
    /// For each resource the metric of each reading; nil where no archive policy applies.
    fileprivate(set) var metrics: [[InternedMetric?]] = []
    /// What the cache did not know.
    fileprivate(set) var new: [MetricInterning.Entry] = []
}
