import Foundation
import Telemetry

/// A collector's batch on the wire: fifty servers with twenty meters each, against a message per sample in Ceilometer's
/// fields.
enum BatchWireBenchmarks {
    /// What Ceilometer sends of each sample, metadata left out.
    private struct SampleMessage: Codable {
        let counter_name, counter_type, counter_unit: String
        let counter_volume: Double
        let resource_id, project_id, user_id, timestamp, source, message_id: String
    }

    static func all() throws -> [Benchmark] {
        let batch = sampleBatch()
        let messages = sampleMessages(batch)
        let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
        let bytes = batch.encode()
        let json = try encoder.encode(messages)
        return [
            Benchmark(
                name: "Batch wire, encode", unit: "sample", unitsPerCall: messages.count,
                ways: [
                    .init(name: "SampleBatch (\(bytes.count / messages.count) bytes a sample)") {
                        batch.encode().count
                    },
                    .init(name: "JSONEncoder (\(json.count / messages.count) bytes a sample)") {
                        try encoder.encode(messages).count
                    },
                ]),
            Benchmark(
                name: "Batch wire, decode", unit: "sample", unitsPerCall: messages.count,
                ways: [
                    .init(name: "SampleBatch") {
                        try bytes.withUnsafeBytes { try SampleBatch(decoding: $0) }.resources.count
                    },
                    .init(name: "JSONDecoder") { try decoder.decode([SampleMessage].self, from: json).count },
                ]),
        ]
    }

    private static func sampleBatch() -> SampleBatch {
        let meters = (0..<20).map { index in
            BatchMeter(
                name: MeterName("disk.device.meter.\(index)"), kind: index % 2 == 0 ? .cumulative : .gauge, unit: "B")
        }
        let resources = (0..<50).map { server in
            BatchResource(
                id: ResourceID("5b2b1c2d-0000-4000-8000-\(String(server + 100_000_000_000))"), type: "instance",
                projectID: "0f3fa1b6c1d84c2a9f0e6a1d2b3c4d5e", userID: "7d3fa1b6c1d84c2a9f0e6a1d2b3c4d5f",
                attributes: nil,
                readings: meters.indices.map { meter in
                    BatchReading(
                        meter: meter, value: Double(server * 48_271 * (meter + 1) * 1_000_003 % 1_000_000_007),
                        offset: 0)
                })
        }
        return SampleBatch(
            host: "compute-1", epoch: 1_795_000_000_000_000_000, sequence: 42,
            polledAt: Instant(seconds: 1_795_000_000),
            interval: .seconds(10), meters: meters, resources: resources)
    }

    private static func sampleMessages(_ batch: SampleBatch) -> [SampleMessage] {
        batch.resources.flatMap { resource in
            resource.readings.map { reading in
                let meter = batch.meters[reading.meter]
                return SampleMessage(
                    counter_name: meter.name.text, counter_type: meter.kind.rawValue, counter_unit: meter.unit,
                    counter_volume: reading.value, resource_id: resource.id.text,
                    project_id: resource.projectID?.text ?? "",
                    user_id: resource.userID?.text ?? "", timestamp: batch.timestamp(of: reading).text,
                    source: "openstack",
                    message_id: "f1b4c8f0-0000-4000-8000-000000000000")
            }
        }
    }
}
