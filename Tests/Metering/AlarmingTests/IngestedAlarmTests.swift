import Aggregation
import Alarms
import Ingestion
import Kafka
import MetricStore
import Notifications
import ServiceKit
import Telemetry
import TestKit
import Testing

@testable import Alarming
@testable import Ingestion

/// Alarms judged by the ingest transaction itself, on a real database.
@Suite(.timeLimit(.minutes(2))) struct IngestedAlarmTests {
    private static let source = TopicPartition("samples", 0)

    private func batch(_ values: [(MeterName, Double)]) -> SampleBatch {
        SampleBatch(
            host: "compute-7", epoch: 1, sequence: 0, polledAt: AlarmFixture.start, interval: .seconds(60),
            meters: values.map { BatchMeter(name: $0.0, kind: .gauge, unit: "%") },
            resources: [
                BatchResource(
                    id: "compute-7", type: "host", projectID: nil, userID: nil, attributes: [],
                    readings: values.indices.map { BatchReading(meter: $0, value: values[$0].1, offset: 0) })
            ])
    }

    @Test("a batch raises its alarm in the transaction that stores it, and once though it is read again")
    func exactlyOnce() async throws {
        let alarmRule = AlarmFixture.rule(url: "http://127.0.0.1/")
        try await AlarmFixture.run([alarmRule]) { fixture in
            let rules = try IngestionRules.justSamples
            let clock = WallClock { AlarmFixture.start + .seconds(1) }
            let store = IngestStore(
                pool: fixture.pool, consumerGroup: "test", rules: CurrentRules(rules), clock: clock,
                observers: [fixture.evaluation.observer(clock: clock)])
            try await store.registerPolicies()
            let conversion = MessageConversion(
                rules: rules, samplesTopic: "samples", instruments: IngestionInstruments(in: InstrumentRegistry()))
            let message = conversion.convert(
                source: Self.source, offset: 0, key: nil,
                value: batch([("hardware.cpu.load.1min", 99), ("hardware.cpu.util", 95)]).encode())
            _ = try await store.store(IngestBatch([message]), from: [:])
            // The same message read again: by a reader that knows no offset, and at a new offset.
            await #expect(throws: OffsetConflict.self) { try await store.store(IngestBatch([message]), from: [:]) }
            let copy = conversion.convert(source: Self.source, offset: 1, key: nil, value: message.value)
            _ = try await store.store(IngestBatch([copy]), from: [Self.source: 1])
            let alarms = try await fixture.alarms()
            #expect(alarms.map(\.key.meter) == ["hardware.cpu.util"])
            #expect(alarms.map(\.state.status) == [.alarm])
            let backlog = try await fixture.backlog()
            #expect(backlog == 1)
        }
    }
}

extension IngestionRules {
    /// No notifications, and one archive policy for all.
    fileprivate static var justSamples: IngestionRules {
        get throws {
            let pipeline = "sources: []\nsinks: []"
            let definitions = try Definitions(
                Definitions.Sources(
                    meters: [Definitions.Source(name: "meters.yaml", text: "metric: []")],
                    events: Definitions.Source(name: "event_definitions.yaml", text: "[]"),
                    pipeline: Definitions.Source(name: "pipeline.yaml", text: pipeline),
                    eventPipeline: Definitions.Source(name: "event_pipeline.yaml", text: pipeline),
                    resources: Definitions.Source(name: "gnocchi_resources.yaml", text: "resources: []")))
            let rule = try ArchivePolicyRule(
                name: "all", metricPattern: "*", policyName: ArchivePolicy.ceilometerLow.name)
            return IngestionRules(
                converter: Converter(definitions), resources: definitions.resources,
                policies: try ArchivePolicyCatalogue(policies: ArchivePolicy.defaults, rules: [rule]))
        }
    }
}
