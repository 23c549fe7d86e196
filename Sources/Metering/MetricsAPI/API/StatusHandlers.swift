import APIKit
import JSON
import Kafka
import MetricStore
import ServiceKit
import Telemetry

extension MetricsAPI {
    /// `GET /v1/status`: how far ingestion is behind, how fast it reads, and when each host last reported.
    func showStatus(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let (partitions, hosts) = try await progress.status()
        let backlog = try await read { db in try MeasureStore().backlog(in: db) }
        let now = clock.now
        let body: JSONValue = [
            "now": JSONValue(now),
            "partitions": .array(partitions.map { JSONValue($0, now: now) }),
            "hosts": .array(hosts.map { JSONValue($0, now: now) }),
            "compaction": [
                "batches": .int(Int64(backlog.batches)), "measures": .int(Int64(backlog.measures)),
                "oldest": JSONValue(backlog.oldest),
            ],
        ]
        return .json(body)
    }
}

extension JSONValue {
    fileprivate init(_ status: IngestProgress.PartitionStatus, now: Instant) {
        self = .object([
            .init("group", .string(status.stored.group)), .init("topic", .string(status.stored.partition.topic)),
            .init("partition", .int(Int64(status.stored.partition.partition))),
            .init("next_offset", .int(status.stored.nextOffset)),
            .init("end_offset", status.endOffset.map { .int($0) } ?? .null),
            .init("lag", status.lag.map { .int($0) } ?? .null),
            .init("per_second", status.perSecond.map { .double(($0 * 100).rounded() / 100) } ?? .null),
            .init("advanced_at", JSONValue(status.stored.advancedAt)),
            .init("age_seconds", .age(now - status.stored.advancedAt)),
        ])
    }

    fileprivate init(_ host: ProgressQueries.Host, now: Instant) {
        self = .object([
            .init("host", .string(host.host.text)), .init("seen_at", JSONValue(host.seenAt)),
            .init("age_seconds", .age(now - host.seenAt)),
        ])
    }

    /// Seconds to a tenth; the database's clock may be a little ahead of ours.
    private static func age(_ duration: Duration) -> JSONValue {
        .double((max(0, duration / .seconds(1)) * 10).rounded() / 10)
    }
}
