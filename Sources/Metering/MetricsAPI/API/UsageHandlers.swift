import APIKit
import JSON
import Pricing
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
        let period = UsagePeriod(query, now: now)
        let project = query.string("project").map { ProjectID($0) }
        let type = query.string("resource_type").map { ResourceType($0) }
        let resource = query.string("resource_id").map { ResourceID($0) }
        try query.check()
        guard let period else { throw Fault.badRequest("the period's end is not after its start") }
        let (intervals, measured) = try await read { db in
            let intervals = try UsageQueries().intervals(
                of: resource, type: type, project: project, in: period, scope: .everything, in: db)
            let traffic = NetworkTraffic(period: period, now: now)
            return (intervals, try traffic.measured(of: resource, type: type, project: project, in: db))
        }
        let report = UsageReport(of: intervals, measured: measured, in: period, now: now)
        return .json(.array(report.rows.map { JSONValue($0) }))
    }

    /// `GET /v1/usage/explain/{resource}`: the intervals of a resource with the events behind each.
    func explainUsage(_ request: APIRequest) async throws -> APIResponse {
        try QueryReader(request, now: clock.now).check()
        let id = ResourceID(try request.parameter("resource"))
        let explanations = try await read { db in
            try UsageQueries().explanations(of: id, scope: .everything, in: db)
        }
        return .json(.array(explanations.flatMap { $0.explanation.chapters.map { JSONValue($0) } }))
    }

    /// `GET /v1/usage/export`: the bill of a period, as CSV unless `format=json`.
    func exportBill(_ request: APIRequest) async throws -> APIResponse {
        let now = clock.now
        let query = QueryReader(request, now: now)
        let period = UsagePeriod(query, now: now)
        let project = query.string("project").map { ProjectID($0) }
        let format = query.choice("format", of: BillFormat.self) ?? .csv
        try query.check()
        guard let period else { throw Fault.badRequest("the period's end is not after its start") }
        let intervals = try await read { db in
            try UsageQueries().intervals(project: project, in: period, scope: .everything, in: db)
        }
        let bill = try Bill(of: intervals, by: prices.current, in: period, now: now)
        switch format {
        case .csv:
            let days = [period.from, period.to].map { $0.text.prefix(10) }.joined(separator: "_")
            return .csv(BillExport(bill).text, fileName: "bill_\(days).csv")
        case .json: return .json(JSONValue(bill, in: period))
        }
    }

    private enum BillFormat: String, CaseIterable {
        case csv, json
    }
}

extension UsagePeriod {
    /// `start` and `end`; by default from the first of this month (UTC) up to now.
    fileprivate init?(_ query: QueryReader, now: Instant) {
        let from = query.instant("start") ?? CalendarMonth.start(of: now)
        let to = query.instant("end") ?? now
        self.init(from: from, to: to)
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

extension JSONValue {
    fileprivate init(_ row: UsageReport.Row) {
        self = .object([
            .init("project_id", JSONValue(row.projectID)), .init("resource_type", .string(row.resourceType.text)),
            .init("resource_id", .string(row.resourceID.text)), .init("meter", .string(row.meter.text)),
            .init("quantity", .string(row.quantity.text)), .init("unit", .string(row.unit.rawValue)),
            .init("start", JSONValue(row.start)), .init("end", JSONValue(row.end)),
        ])
    }

    fileprivate init(_ chapter: UsageExplanation.Chapter) {
        let interval = chapter.interval
        let attributes = interval.attributes
        self = .object([
            .init("id", .string(interval.id)), .init("resource_type", .string(interval.resourceType.text)),
            .init("resource_id", .string(interval.resourceID.text)), .init("start", JSONValue(interval.from)),
            .init("end", JSONValue(interval.to)), .init("state", JSONValue(attributes.state)),
            .init("project_id", JSONValue(attributes.projectID)), .init("user_id", JSONValue(attributes.userID)),
            .init("host", JSONValue(attributes.host)),
            .init("flavor", attributes.flavor.map { .string($0.name) } ?? .null),
            .init("size_bytes", attributes.sizeBytes.map { .int($0) } ?? .null),
            .init("type", attributes.type.map { .string($0) } ?? .null), .init("audited", .bool(interval.isAudited)),
            .init("opened_by", JSONValue(interval.openedBy, chapter.opening)),
            .init("closed_by", interval.closedBy.map { JSONValue($0, chapter.closing) } ?? .null),
            .init("confirmations", .int(Int64(chapter.confirmations.count))),
        ])
    }

    /// The notification behind an interval's edge.
    private init(_ id: MessageID, _ fact: UsageFact?) {
        self = .object([
            .init("message_id", .string(id.text)), .init("event_type", fact.map { .string($0.eventType) } ?? .null),
            .init("generated", JSONValue(fact?.generated)),
        ])
    }

    fileprivate init(_ bill: Bill, in period: UsagePeriod) {
        let lines = bill.lines.map { line -> JSONValue in
            .object([
                .init("project_id", JSONValue(line.projectID)), .init("resource_type", .string(line.resourceType.text)),
                .init("resource_id", .string(line.resourceID.text)), .init("meter", .string(line.meter.text)),
                .init("from", JSONValue(line.from)), .init("to", JSONValue(line.to)),
                .init("quantity", .string(line.quantity.text)), .init("unit", .string(line.unit.rawValue)),
                .init("unit_price", .string(line.unitPrice.text)),
                .init("amount", .string(line.amount.formatted(minimumDigits: bill.amountDigits))),
                .init("interval_ids", .array(line.intervalIDs.map { .string($0) })),
            ])
        }
        self = .object([
            .init("currency", .string(bill.currency.code)), .init("start", JSONValue(period.from)),
            .init("end", JSONValue(period.to)),
            .init("total", .string(bill.total.formatted(minimumDigits: bill.amountDigits))),
            .init("unpriced_meters", .array(bill.unpricedMeters.sorted().map { .string($0.text) })),
            .init("lines", .array(lines)),
        ])
    }
}
