import APIKit
import JSON
import Query
import Rating
import ServiceKit
import Telemetry
import Usage

extension MetricsAPI {
    /// `GET /v1/usage/report`: quantities per project, resource and meter over a period, this month so far by default.
    func reportUsage(_ request: APIRequest) async throws -> APIResponse {
        let now = clock.now
        let query = QueryReader(request, now: now)
        let question = try Self.usageQuestion(query, now: now)
        return try await read { db in
            var rows = JSONListWriter()
            let knownFrom = try UsageWalk(now: now).run(question, scope: .everything, in: db) { intervals, measured in
                let report = UsageReport(of: intervals, measured: measured, in: question.period, now: now)
                for row in report.rows { rows.append(JSONValue(row)) }
                try QueryLimits.checkAnswer(bytes: rows.byteCount)
            }
            return .json(text: rows.text).warning(of: Self.remark(knownFrom))
        }
    }

    /// `GET /v1/usage/explain/{resource}`: the intervals of a resource with the events behind each, and the events that lie
    /// outside of every interval.
    func explainUsage(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let id = ResourceID(try request.parameter("resource"))
        return try await read { db in
            let explanations = try UsageQueries().explanations(of: id, scope: .everything, in: db)
            return .json(.array(explanations.flatMap { JSONValue.lines($0.explanation) }))
        }
    }

    /// `GET /v1/usage/export`: the bill of a period, as CSV unless `format=json`.
    func exportBill(_ request: APIRequest) async throws -> APIResponse {
        let now = clock.now
        let prices = prices.current
        let query = QueryReader(request, now: now)
        let format = query.choice("format", of: BillFormat.self) ?? .csv
        let question = try Self.usageQuestion(query, now: now)
        return try await read { db in
            var bill = BillWriter(prices: prices, period: question.period, now: now)
            let knownFrom = try UsageWalk(now: now).run(question, scope: .everything, in: db) { intervals, measured in
                switch format {
                case .csv: try bill.addRecords(of: intervals, measured)
                case .json: try bill.addObjects(of: intervals, measured)
                }
                try QueryLimits.checkAnswer(bytes: bill.byteCount)
            }
            let answer: APIResponse =
                switch format {
                case .csv: .csv(bytes: bill.csv, fileName: bill.fileName)
                case .json: .json(text: bill.json)
                }
            return answer.warning(of: bill.remark).warning(of: Self.remark(knownFrom))
        }
    }

    private enum BillFormat: String, CaseIterable {
        case csv, json
    }

    private static func usageQuestion(_ query: QueryReader, now: Instant) throws(Fault) -> UsageQuestion {
        // By default from the first of this month (UTC) up to now.
        let period = UsagePeriod(
            from: query.instant("start") ?? CalendarMonth.start(of: now), to: query.instant("end") ?? now)
        let project = query.string("project").map { ProjectID($0) }
        let type = query.string("resource_type").map { ResourceType($0) }
        let resource = query.string("resource_id").map { ResourceID($0) }
        try query.check()
        guard let period else { throw .badRequest("the period's end is not after its start") }
        return UsageQuestion(in: period, project: project, resourceType: type, resource: resource)
    }

    private static func remark(_ trafficKnownFrom: Instant?) -> String? {
        trafficKnownFrom.map {
            "of the network's traffic before \($0.text) not everything is kept; the quantities lack it"
        }
    }
}

/// Months of the Gregorian calendar in UTC.
private enum CalendarMonth {
    static func start(of instant: Instant) -> Instant {
        let day = instant.floor(to: .seconds(86_400)).nanoseconds / 86_400_000_000_000
        let date = Instant.date(ofDay: day)
        return Instant(seconds: Instant.days(year: date.year, month: date.month, day: 1) * 86_400)
    }
}
