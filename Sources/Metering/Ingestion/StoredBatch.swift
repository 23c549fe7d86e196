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
    package private(set) var notificationCount = 0
    package private(set) var repeatedBatchCount = 0
    package private(set) var repeatedNotificationCount = 0
    package private(set) var missedBatchCount = 0
    package private(set) var sampleCount = 0
    package private(set) var rejectedSamples: [SampleRejection: Int] = [:]
    /// The measures in the order in which they came, for those who watch metrics.
    package private(set) var measures: [StoredMeasure] = []

    /// A measure that was stored: the place of its resource in `resources`, of its reading there, and its metric.
    package struct StoredMeasure: Hashable, Sendable {
        package let resource: Int
        package let reading: Int
        package let metric: MetricID
    }

    mutating func add(_ batch: ConvertedBatch, _ admission: AgentSequenceStore.Admission) {
        guard case .admitted(let missed) = admission else {
            repeatedBatchCount += 1
            return
        }
        missedBatchCount += Int(clamping: missed)
        batches.append(batch)
        resources += batch.resources
        observations += batch.resources.map(\.observation)
    }

    mutating func add(_ notification: ConvertedNotification, _ admission: MessageAdmission) {
        guard admission == .admitted else {
            repeatedNotificationCount += 1
            return
        }
        notificationCount += 1
        resources += notification.resources
        observations += notification.resources.map(\.observation)
        if let observation = notification.observation { observations.append(observation) }
        if let event = notification.event { events.append(event) }
        facts += notification.facts
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
