import Aggregation
import Ingestion
import Notifications
import Telemetry

extension SampleBatch {
    /// A poll of one host with two servers, a reading each; the sequence tells it from others.
    static func test(host: HostName, sequence: UInt64, epoch: UInt64 = 1, meter: MeterName = "cpu") -> SampleBatch {
        let polledAt = IngestionFixture.now - .seconds(3_600) + .seconds(Int64(sequence))
        let resources = (0..<2).map { number in
            BatchResource(
                id: ResourceID("\(host)-server-\(number)"), type: "instance", projectID: "p1", userID: "u1",
                attributes: [BatchAttribute("host", host.text)],
                readings: [BatchReading(meter: 0, value: Double(sequence) + Double(number) / 2, offset: 0)])
        }
        return SampleBatch(
            host: host, epoch: epoch, sequence: sequence, polledAt: polledAt, interval: .seconds(60),
            meters: [BatchMeter(name: meter, kind: .gauge, unit: "ns")], resources: resources)
    }

    /// What the store holds of it, as `IngestionFixture.measures` tells it.
    var expectedMeasures: [String] {
        resources.flatMap { resource in
            resource.readings.map {
                "\(resource.id) \(meters[$0.meter].name) \(timestamp(of: $0).nanoseconds / 1_000_000_000) \($0.value)"
            }
        }
    }
}

/// The notification of a volume, in oslo.messaging's envelope.
func volumeNotification(
    _ id: String, operation: String = "create.end", volume: String, size: Int = 10, minute: Int = 0,
    status: String = "available"
) -> String {
    let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
    let message = """
        {"message_id": "\(id)", "publisher_id": "volume.host1", "event_type": "volume.\(operation)", "priority": "INFO", \
        "timestamp": "2026-11-18 10:\(minutes):00.000000", "payload": {"volume_id": "\(volume)", "size": \(size), \
        "status": "\(status)", "tenant_id": "p1", "user_id": "u1", "created_at": "2026-11-18T10:00:00+00:00", \
        "launched_at": "2026-11-18T10:00:01+00:00"}}
        """
    let escaped = message.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "{\"oslo.version\": \"2.0\", \"oslo.message\": \"\(escaped)\"}"
}

extension IngestionRules {
    /// Definitions for volumes, and the policies that the store's own tests use.
    static var test: IngestionRules {
        get throws {
            let definitions = try Definitions(
                Definitions.Sources(
                    meters: [Definitions.Source(name: "meters.yaml", text: meters)],
                    events: Definitions.Source(name: "event_definitions.yaml", text: events),
                    pipeline: Definitions.Source(name: "pipeline.yaml", text: pipeline("meters")),
                    eventPipeline: Definitions.Source(name: "event_pipeline.yaml", text: pipeline("events")),
                    resources: Definitions.Source(name: "gnocchi_resources.yaml", text: resources)))
            let rule = try ArchivePolicyRule(
                name: "all", metricPattern: "*", policyName: ArchivePolicy.ceilometerLow.name)
            return IngestionRules(
                converter: Converter(
                    definitions, options: ConversionOptions(limits: NotificationLimits(sizeLimit: 50_000))),
                resources: definitions.resources,
                policies: try ArchivePolicyCatalogue(policies: ArchivePolicy.defaults, rules: [rule]))
        }
    }

    private static let meters = """
        metric:
          - name: volume.size
            event_type: volume.*
            type: gauge
            unit: GB
            volume: $.payload.size
            resource_id: $.payload.volume_id
            project_id: $.payload.tenant_id
            user_id: $.payload.user_id
        """

    private static let events = """
        - event_type: volume.*
          traits:
            resource_id: {fields: payload.volume_id}
            size: {fields: payload.size, type: int}
        """

    private static func pipeline(_ key: String) -> String {
        """
        sources:
          - name: all
            \(key): ["*"]
            sinks: [store]
        sinks:
          - name: store
            publishers: ["nephoscope://"]
        """
    }

    private static let resources = """
        resources:
          - resource_type: volume
            metrics:
              volume.size:
            event_create: volume.create.end
            event_delete: volume.delete.end
            event_attributes:
              id: resource_id
        """
}
