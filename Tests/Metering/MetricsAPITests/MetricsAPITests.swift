import APIKit
import HTTPTypes
import HummingbirdTesting
import JSON
import NIOCore
import Postgres
import Telemetry
import TestKit
import Testing

struct MetricsAPITests {
    @Test("resources are listed by type, project and attribute, page after page")
    func resources() async throws {
        try await Site.with { site in
            #expect(try await site.ids("/v1/resource/generic") == ["server-1", "volume-1", "volume/2"])
            #expect(try await site.ids("/v1/resource/volume") == ["volume-1", "volume/2"])
            #expect(try await site.ids("/v1/resource/generic?project_id=red") == ["server-1"])
            #expect(try await site.ids("/v1/resource/generic?attribute=host=h2") == ["server-1"])
            let page = try await site.get("/v1/resource/generic?limit=2")
            let link = HTTPField.Name("Link").flatMap { page.headers[$0] }
            #expect(link == "</v1/resource/generic?limit=2&marker=volume-1>; rel=\"next\"")
            #expect(try await site.ids("/v1/resource/generic?limit=2&marker=volume-1") == ["volume/2"])
        }
    }

    @Test("a resource shows its facts and metrics, its history the changes")
    func resource() async throws {
        try await Site.with { site in
            let server = try await site.json("/v1/resource/instance/server-1")
            #expect(server["attributes"]?["host"] == "h2")
            #expect(server["metrics"] == ["network.incoming.bytes"])
            #expect(server["started_at"] == "2026-11-23T01:00:00Z")
            #expect(try await site.json("/v1/resource/volume/volume%2F2")["id"] == "volume/2")
            let revisions = try await site.json("/v1/resource/generic/server-1/history").elements ?? []
            #expect(revisions.map { $0["attributes"]?["host"] } == ["h1", "h2"])
            #expect(revisions.map { $0["revision_end"] } == ["2026-11-23T02:00:00Z", .null])
        }
    }

    @Test("meters are listed per type, and as metrics of one resource")
    func meters() async throws {
        try await Site.with { site in
            let meters = try await site.json("/v1/metric").elements ?? []
            #expect(meters.map { $0["name"] } == ["network.incoming.bytes"])
            #expect(meters.first?["resource_type"] == "instance")
            #expect(meters.first?["metric_count"] == 1)
            let metric = try await site.json("/v1/resource/instance/server-1/metric/network.incoming.bytes")
            #expect(metric["archive_policy_name"] == "medium")
            #expect(metric["kind"] == "cumulative")
        }
    }

    @Test(
        "measures are Gnocchi's triples of time, seconds and value",
        arguments: [
            (
                "granularity=60&aggregation=max",
                "[[\"2026-11-23T03:00:00Z\",60.0,100.0],[\"2026-11-23T03:01:00Z\",60.0,250.0]"
            ),
            // A fall is a restart: the counter began again and has counted 30 since.
            (
                "granularity=60&aggregation=rate:sum&start=2026-11-23T03:02:00Z&stop=2026-11-23T03:03:00Z",
                "[[\"2026-11-23T03:02:00Z\",60.0,30.0]]"
            ),
            ("aggregation=none&start=2026-11-23T03:03:00Z", "[[\"2026-11-23T03:03:00Z\",0.0,90.0]]"),
            ("granularity=60&aggregation=count&resample=1h", "[[\"2026-11-23T03:00:00Z\",60.0,4.0]]"),
        ])
    func measures(query: String, beginning: String) async throws {
        try await Site.with { site in
            let uri = "/v1/resource/generic/server-1/metric/network.incoming.bytes/measures?\(query)"
            let answer = String(buffer: try await site.get(uri).body)
            #expect(answer.hasPrefix(beginning), "\(answer)")
        }
    }

    @Test("aggregates fold the resources of a group into one series")
    func aggregates() async throws {
        try await Site.with { site in
            let uri =
                "/v1/aggregates?metric=network.incoming.bytes&granularity=60&aggregation=max&groupby=project_id&groupby=host"
            let groups = try await site.json(uri).elements ?? []
            #expect(groups.map { $0["group"] } == [["project_id": "red", "host": "h2"]])
            #expect(groups.first?["measures"]?.elements?.count == 4)
        }
    }

    @Test("events meet Panko's conditions, the newest first, with the message id as marker")
    func events() async throws {
        try await Site.with { site in
            #expect(try await site.messages("/v2/events?limit=2") == ["e4", "e3"])
            #expect(try await site.messages("/v2/events?limit=2&marker=e3") == ["e2", "e1"])
            #expect(try await site.messages("/v2/events?event_type=volume.*&sort=asc") == ["e0", "e1", "e2", "e3"])
            let size = "q.field=size&q.op=gt&q.type=integer&q.value=1"
            let name = "q.field=name&q.value=n0"
            #expect(try await site.messages("/v2/events?\(size)&\(name)") == ["e4", "e2"])
            #expect(try await site.messages("/v2/events?start=2026-11-23T01:00:03Z") == ["e4", "e3"])
            let event = try await site.json("/v2/events/e1")
            #expect(event["traits"]?.elements?.contains(["name": "size", "type": "integer", "value": 1]) == true)
            #expect(try await site.json("/v2/event_types") == ["image.delete", "volume.create.end"])
            let traits = try await site.json("/v2/event_types/image.delete/traits").elements ?? []
            #expect(traits.contains(["name": "name", "type": "string"]))
        }
    }

    @Test("the usage report has quantities as exact decimal texts, intervals and traffic")
    func usage() async throws {
        try await Site.with { site in
            let rows = try await site.json("/v1/usage/report?start=2026-11-23&end=2026-11-24").elements ?? []
            let volume: JSONValue = [
                "project_id": "blue", "resource_type": "volume", "resource_id": "volume-1", "meter": "volume",
                "quantity": "3", "unit": "GiB-h", "start": "2026-11-23T01:00:00Z", "end": "2026-11-23T02:30:00Z",
            ]
            #expect(rows.contains(volume), "\(rows)")
            // 150 up to the restart, then 30 and 60.
            let traffic = rows.first { $0["meter"] == "network.incoming.bytes" }
            #expect(traffic?["quantity"] == "240")
            #expect(traffic?["unit"] == "B")
            let cut = try await site.json("/v1/usage/report?project=blue&start=2026-11-23T02:00:00Z&end=2026-11-24")
            #expect(cut.elements?.map { $0["quantity"] } == ["1"])
        }
    }

    @Test("an interval is explained by the notifications that opened and closed it")
    func explanation() async throws {
        try await Site.with { site in
            let intervals = try await site.json("/v1/usage/explain/volume-1").elements ?? []
            #expect(intervals.count == 1)
            #expect(intervals.first?["opened_by"]?["message_id"] == "m1")
            #expect(intervals.first?["closed_by"]?["event_type"] == "volume.delete.end")
            #expect(intervals.first?["size_bytes"] == 2_147_483_648)
        }
    }

    @Test("the bill is usage times price, as CSV or JSON")
    func bill() async throws {
        try await Site.with { site in
            let period = "start=2026-11-23&end=2026-11-24"
            let csv = try await site.get("/v1/usage/export?\(period)")
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8; header=present")
            #expect(csv.headers[.contentDisposition] == "attachment; filename=\"bill_2026-11-23_2026-11-24.csv\"")
            let lines = String(buffer: csv.body).split(separator: "\r\n")
            #expect(lines.count == 2)
            #expect(lines.last?.contains(",3,GiB-h,0.0001,0.0003,EUR,") == true, "\(lines)")
            let bill = try await site.json("/v1/usage/export?format=json&\(period)")
            #expect(bill["total"] == "0.0003")
            #expect(bill["lines"]?.elements?.map { $0["amount"] } == ["0.0003"])
            #expect(bill["unpriced_meters"] == ["network.incoming.bytes"])
            let warning = HTTPField.Name("X-Nephoscope-Warning").flatMap { csv.headers[$0] }
            #expect(warning == "meters without a price are not on the bill: network.incoming.bytes")
        }
    }

    @Test("bytes sent are on the bill, by the GiB")
    func billedTraffic() async throws {
        try await Site.with { site in
            try await site.addCounter("network.outgoing.bytes", [0, 1_073_741_824, 3_221_225_472])
            let lines = try await site.json("/v1/usage/export?format=json&start=2026-11-23&end=2026-11-24")["lines"]
            let line = try #require(lines?.elements?.first { $0["meter"] == "network.outgoing.bytes" })
            #expect(line["quantity"] == "3")
            #expect(line["amount"] == "1.5000")
            #expect(line["project_id"] == "red")
            let other = try await site.json(
                "/v1/usage/export?format=json&project=blue&start=2026-11-23&end=2026-11-24")
            #expect(other["total"] == "0.0003")
        }
    }

    @Test("what is not billed is explained by the facts that were told")
    func unbilled() async throws {
        try await Site.with { site in
            let lines = try await site.json("/v1/usage/explain/server-9").elements ?? []
            #expect(lines.map { $0["kind"] } == ["fact"])
            #expect(lines.first?["event_type"] == "compute.instance.create.error")
            #expect(lines.first?["start_told"] == "denied")
        }
    }

    @Test("the status tells offsets and ages, and no lag where the broker doesn't know the topic")
    func status() async throws {
        try await Site.with { site in
            let status = try await site.json("/v1/status")
            let partition = try #require(status["partitions"]?.elements?.first)
            #expect(partition["topic"] == "no-such-topic")
            #expect(partition["next_offset"] == 5)
            #expect(partition["lag"] == .null)
            #expect(status["compaction"]?["measures"] == 4)
        }
    }

    @Test("database, schema and broker are ready")
    func readiness() async throws {
        try await Site.with { site in
            #expect(try await site.get("/readyz").status == .serviceUnavailable, "nobody has looked yet")
            await site.readiness.look()
            #expect(try await site.get("/readyz").status == .ok)
            try await site.database.pool.withSession { db in
                _ = try db.execute("UPDATE migration.applied SET number = number + 100 WHERE number > 3")
            }
            await site.readiness.look()
            #expect(try await site.get("/readyz").status == .serviceUnavailable)
        }
    }

    @Test(
        "a question that has no answer is refused with its reason",
        arguments: [
            ("/v1/resource/volume/server-1", 404, "There is no resource"),
            ("/v1/resource/generic/nobody/metric", 404, "There is no resource"),
            ("/v1/resource/generic/server-1/metric/cpu/measures", 404, "has no metric"),
            (
                "/v1/resource/generic/server-1/metric/cpu/measures?aggregation=nonsense", 400,
                "aggregation: expected a method"
            ),
            ("/v1/resource/generic?limit=9999", 400, "limit: expected a whole number"),
            ("/v1/resource/generic?attribute=host", 400, "attribute: expected name=value"),
            ("/v1/aggregates", 400, "the parameter metric is missing"),
            ("/v1/archive_policy/nothing", 404, "there is no archive policy nothing"),
            ("/v2/events?marker=nobody", 400, "the marker nobody is no event's message id"),
            ("/v2/events?q.value=5", 400, "q.value comes before its q.field"),
            ("/v2/events?q.field=size&q.type=integer&q.value=many", 400, "q.value of size is no integer"),
            ("/v2/events/nobody", 404, "there is no event nobody"),
            ("/v1/usage/explain/nobody", 404, "There is no resource"),
            ("/v1/usage/report?start=2026-11-24&end=2026-11-23", 400, "the period's end is not after its start"),
            ("/v1/usage/export?format=xml", 400, "format: expected one of csv, json"),
        ])
    func refusals(uri: String, status: Int, text: String) async throws {
        try await Site.with { site in
            let answer = try await site.get(uri)
            #expect(answer.status.code == status)
            let fault = try JSONValue(parsing: String(buffer: answer.body))
            #expect(fault["description"]?.string?.contains(text) == true, "\(fault)")
        }
    }
}

extension Site {
    fileprivate func ids(_ uri: String) async throws -> [String] {
        try await json(uri).elements?.compactMap { $0["id"]?.string } ?? []
    }

    fileprivate func messages(_ uri: String) async throws -> [String] {
        try await json(uri).elements?.compactMap { $0["message_id"]?.string } ?? []
    }
}
