import MetricStore
import Postgres
import Synchronization
import Telemetry

/// Finds the metrics that readings belong to, and makes those that are new.
///
/// A metric that the process knows costs a look into a table; only new ones cost statements. When the rules are replaced all is
/// looked up again, because policies may keep measures for another time.
final class MetricInterning: Sendable {
    private let rules: CurrentRules
    private let cache = MetricCache()
    private let known: Mutex<Known>

    /// What was read of the policies since the rules were last replaced.
    private struct Known {
        var generation: Int
        var policies: [ArchivePolicyID: Duration] = [:]
    }

    typealias Entry = (resource: ResourceID, meter: MeterName, metric: InternedMetric)

    /// What the cache did not know, by the rules of this generation.
    struct News: Sendable {
        fileprivate let generation: Int
        fileprivate(set) var entries: [Entry] = []
    }

    init(rules: CurrentRules) {
        self.rules = rules
        known = Mutex(Known(generation: rules.generation))
    }

    /// To be called with what `intern` found, after its transaction has committed.
    func learn(_ news: News) {
        known.withLock { known in
            if news.generation == known.generation { cache.learn(news.entries) }
        }
    }

    /// The generation of the rules in force; what was learned under another one is forgotten.
    private func currentGeneration() -> Int {
        let generation = rules.generation
        known.withLock { known in
            guard known.generation != generation else { return }
            known = Known(generation: generation)
            cache.forget()
        }
        return generation
    }

    /// The metric of every reading, in their order.
    func intern(
        _ resources: [MeasuredResource], numbers: [ResourceID: ResourceNumber], at now: Instant,
        in db: isolated Session
    ) throws -> InternedResources {
        var interned = InternedResources(news: News(generation: currentGeneration()))
        interned.metrics.reserveCapacity(resources.count)
        var incomplete: [Int] = []
        for (place, resource) in resources.enumerated() {
            let meters = resource.readings.map { resource.meters[$0.meter].name }
            let known = cache.metrics(of: resource.observation.id, meters: meters)
            if known.contains(where: { $0 == nil }) { incomplete.append(place) }
            interned.metrics.append(known)
        }
        guard !incomplete.isEmpty else { return interned }
        let made = try make(incomplete.map { resources[$0] }, numbers, at: now, in: db)
        for place in incomplete {
            let resource = resources[place]
            guard let number = numbers[resource.observation.id] else { continue }
            for (index, reading) in resource.readings.enumerated() where interned.metrics[place][index] == nil {
                let meter = resource.meters[reading.meter].name
                guard let metric = made[MetricRegistry.Key(resource: number, meter: meter)] else { continue }
                interned.metrics[place][index] = metric
                interned.news.entries.append((resource.observation.id, meter, metric))
            }
        }
        return interned
    }

    private func make(
        _ resources: [MeasuredResource], _ numbers: [ResourceID: ResourceNumber], at now: Instant,
        in db: isolated Session
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
            try acceptedTimespan(metric.policyID, at: now, in: db).map {
                InternedMetric(id: metric.id, kind: metric.kind, rawTimespan: $0)
            }
        }
    }

    /// How late measures of a stored policy are accepted.
    ///
    /// Policies are read again when a number is met that is not known yet.
    private func acceptedTimespan(
        _ id: ArchivePolicyID, at now: Instant, in db: isolated Session
    ) throws -> Duration? {
        if let timespan = known.withLock({ $0.policies[id] }) { return timespan }
        let stored = try ArchivePolicyStore().acceptedTimespans(at: now, in: db)
        known.withLock { $0.policies = stored }
        return stored[id]
    }
}

/// The metrics of the readings of some resources.
struct InternedResources: Sendable {
    /// For each resource the metric of each reading; nil where no archive policy applies.
    fileprivate(set) var metrics: [[InternedMetric?]] = []
    /// What the cache did not know.
    fileprivate(set) var news: MetricInterning.News
}
