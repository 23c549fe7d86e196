import Compression
import Foundation
import JSON
import Kafka
import Notifications
import Telemetry
import Usage

/// The recorded trace that the notification tests keep: its records, and the intervals that its facts come to.
struct RecordedTrace {
    static let path = RunningDaemon.root
        .appendingPathComponent("Tests/Metering/NotificationsTests/Traces/trace-open.jsonl.gz").path

    /// The records of the topics that ingestion reads.
    let records: [TraceRecord]

    init() throws {
        var records: [TraceRecord] = []
        try TraceReader(path: Self.path).forEachLine { _, line in
            let record = try TraceRecord(line: line)
            if !record.topic.hasPrefix(TraceConverter.skippedTopicPrefix) { records.append(record) }
        }
        self.records = records
    }

    /// What the usage of the whole trace is, derived in memory.
    func intervals() throws -> Set<UsageInterval> {
        var facts: [UsageFact] = []
        for record in records {
            let notification = try record.value.withUnsafeBytes { bytes throws(EnvelopeError) in
                try Notification(reading: bytes, limits: NotificationLimits())
            }
            facts += UsageFact.facts(
                messageID: notification.messageID, eventType: notification.eventType,
                generated: notification.timestamp, payload: notification.payload)
        }
        let byResource = Dictionary(grouping: facts) { [$0.resourceType.text, $0.resourceID.text] }
        return Set(byResource.values.flatMap { UsageTimeline($0).intervals })
    }
}
