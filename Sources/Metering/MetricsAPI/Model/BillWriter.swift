import JSON
import Pricing
import Rating
import Telemetry
import Usage

/// Writes a bill resource by resource, so that only its text is in memory as a whole.
struct BillWriter {
    private let prices: PriceList
    private let period: UsagePeriod
    private let now: Instant
    private var total = ExactDecimal.zero
    private var unpriced: Set<MeterName> = []
    private var records = Array(BillExport.header.utf8)
    private var objects = JSONListWriter()

    init(prices: PriceList, period: UsagePeriod, now: Instant) {
        self.prices = prices
        self.period = period
        self.now = now
    }

    /// What has been written.
    var byteCount: Int { records.count + objects.byteCount }

    /// Adds the usage of a resource as records of the CSV.
    mutating func addRecords(of intervals: [UsageInterval], _ measured: [UsageReport.Measured]) throws {
        records += BillExport(try rated(intervals, measured)).records.utf8
    }

    /// Adds the usage of a resource as lines of the JSON.
    mutating func addObjects(of intervals: [UsageInterval], _ measured: [UsageReport.Measured]) throws {
        let bill = try rated(intervals, measured)
        for line in bill.lines { objects.append(JSONValue(line, amountDigits: bill.amountDigits)) }
    }

    private mutating func rated(
        _ intervals: [UsageInterval], _ measured: [UsageReport.Measured]
    ) throws(PricingError) -> Bill {
        let bill = try Bill(of: intervals, measured: measured, by: prices, in: period, now: now)
        total = try total.adding(bill.total)
        unpriced.formUnion(bill.unpricedMeters)
        return bill
    }

    var csv: [UInt8] { records }

    var fileName: String {
        let days = [period.from, period.to].map { $0.text.prefix(10) }.joined(separator: "_")
        return "bill_\(days).csv"
    }

    var json: [UInt8] {
        let head: JSONValue = .object([
            .init("currency", .string(prices.currency.code)), .init("start", JSONValue(period.from)),
            .init("end", JSONValue(period.to)),
            .init("total", .string(total.formatted(minimumDigits: prices.amountDigits))),
            .init("unpriced_meters", .array(unpriced.sorted().map { .string($0.text) })),
        ])
        var text: [UInt8] = []
        head.write(to: &text)
        // The lines become the last member of the object.
        text.removeLast()
        text += ",\"lines\":".utf8
        text += objects.text
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// What whoever reads the bill has to know besides; nil where there is nothing.
    var remark: String? {
        guard !unpriced.isEmpty else { return nil }
        return "meters without a price are not on the bill: " + unpriced.sorted().map(\.text).joined(separator: ", ")
    }
}

extension JSONValue {
    fileprivate init(_ line: BillLine, amountDigits: Int) {
        self = .object([
            .init("project_id", JSONValue(line.projectID)), .init("resource_type", .string(line.resourceType.text)),
            .init("resource_id", .string(line.resourceID.text)), .init("meter", .string(line.meter.text)),
            .init("from", JSONValue(line.from)), .init("to", JSONValue(line.to)),
            .init("quantity", .string(line.quantity.text)), .init("unit", .string(line.unit.rawValue)),
            .init("unit_price", .string(line.unitPrice.text)),
            .init("amount", .string(line.amount.formatted(minimumDigits: amountDigits))),
            .init("interval_ids", .array(line.intervalIDs.map { .string($0) })),
        ])
    }
}

/// Writes a list of JSON values one by one.
struct JSONListWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "[")]

    var byteCount: Int { bytes.count }

    mutating func append(_ value: JSONValue) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
    }

    /// The list so far.
    var text: [UInt8] { bytes + [UInt8(ascii: "]")] }
}
