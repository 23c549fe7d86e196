internal import Alarms
package import Ingestion
internal import MetricStore
package import ServiceKit
internal import Telemetry

extension AlarmEvaluation {
    /// Judges what an ingest transaction stores, inside of it.
    package func observer(clock: WallClock) -> IngestStore.Observer {
        { stored, db in
            let samples = watchedSamples(stored)
            guard !samples.isEmpty else { return }
            try evaluate(samples, at: clock.now, in: db)
        }
    }

    /// The stored measures of meters that some rule watches.
    ///
    /// Most have none: what is asked of each measure is one look into an array, for the resources of a message share their
    /// list of meters.
    private func watchedSamples(_ stored: StoredBatch) -> [AlarmSample] {
        var samples: [AlarmSample] = []
        var meters: [BatchMeter] = []
        var isWatched: [Bool] = []
        for measure in stored.measures {
            let resource = stored.resources[measure.resource]
            if resource.meters != meters {
                meters = resource.meters
                let watched = watchedMeters(among: Set(meters.map(\.name)))
                isWatched = meters.map { watched.contains($0.name) }
            }
            let reading = resource.readings[measure.reading]
            guard isWatched[reading.meter] else { continue }
            samples.append(AlarmSample(reading, meters[reading.meter], of: resource.observation))
        }
        return samples
    }
}

extension AlarmSample {
    fileprivate init(_ reading: MeasuredResource.Reading, _ meter: BatchMeter, of resource: ResourceObservation) {
        self.init(
            resource: AlarmResource(id: resource.id, type: resource.type ?? "", projectID: resource.projectID),
            meter: meter.name, kind: meter.kind,
            measure: AlarmMeasure(timestamp: reading.timestamp, value: reading.value))
    }
}
