package import Aggregation
package import MetricStore
package import Telemetry
package import Usage

/// What a transaction stores, and what it leaves out.
package struct StoredBatch: Sendable {
    package private(set) var batches: [ConvertedBatch] = []
    package private(set) var events: [Event] = []
    package private(set) var facts: [UsageFact] = []
    package private(set) var resources: [MeasuredResource] = []
    package private(set) var observations: [ResourceObservation] = []
    package private(set) var ends: [AssociatedEnd] = []
    package private(set) var notificationCount = 0
    package private(set) var repeatedBatchCount = 0
    package private(set) var repeatedNotificationCount = 0
    package private(set) var missedBatchCount = 0
    package private(set) var sampleCount = 0
    package private(set) var rejectedSamples: [SampleRejection: Int] = [:]
    /// What was told of resources at times that can't be; without samples, which are counted with the others.
    package private(set) var rejectedObservations: [ObservationRejection: Int] = [:]
    /// The latest time that is believed, see `MeasureIntake.futureLimit`: what holds "from" a later one would hold until then.
    package let latest: Instant
    /// The measures in the order in which they came, for those who watch metrics.
    package private(set) var measures: [StoredMeasure] = []

    /// A measure that was stored: the place of its resource in `resources`, of its reading there, and its metric.
    package struct StoredMeasure: Hashable, Sendable {
        package let resource: Int
        package let reading: Int
        package let metric: MetricID
    }

    init(now: Instant) {
        latest = now + MeasureIntake.futureLimit
    }

    mutating func add(_ batch: ConvertedBatch, _ admission: AgentSequenceStore.Admission) {
        guard case .admitted(let missed) = admission else {
            repeatedBatchCount += 1
            return
        }
        missedBatchCount += Int(clamping: missed)
        batches.append(batch)
        add(batch.resources)
    }

    mutating func add(_ notification: ConvertedNotification, _ admission: MessageAdmission) {
        guard admission == .admitted else {
            repeatedNotificationCount += 1
            return
        }
        notificationCount += 1
        add(notification.resources)
        add(notification)
        if let event = notification.event { events.append(event) }
        facts += notification.facts
    }

    private mutating func add(_ measured: [MeasuredResource]) {
        for resource in measured {
            guard let rejection = ObservationRejection(resource.observation.at, latest: latest) else {
                resources.append(resource)
                observations.append(resource.observation)
                continue
            }
            rejectedSamples[SampleRejection(rejection), default: 0] += resource.readings.count
        }
    }

    private mutating func add(_ notification: ConvertedNotification) {
        guard let observation = notification.observation else { return }
        if let rejection = ObservationRejection(observation.at, latest: latest) {
            rejectedObservations[rejection, default: 0] += 1
        } else {
            observations.append(observation)
            ends += notification.ends
        }
    }

    /// Hands the readings to the intake, with the metrics that they belong to.
    mutating func take(_ interned: InternedResources, into intake: inout MeasureIntake) {
        intake.reserveCapacity(resources.reduce(0) { $0 + $1.readings.count })
        for (place, resource) in resources.enumerated() {
            for (index, reading) in resource.readings.enumerated() {
                guard let metric = interned.metrics[place][index] else {
                    rejectedSamples[.noPolicy, default: 0] += 1
                    continue
                }
                if let rejection = intake.add(metric, at: reading.timestamp, reading.value) {
                    rejectedSamples[SampleRejection(rejection), default: 0] += 1
                } else {
                    measures.append(StoredMeasure(resource: place, reading: index, metric: metric.id))
                }
            }
        }
        sampleCount = intake.count
    }
}
