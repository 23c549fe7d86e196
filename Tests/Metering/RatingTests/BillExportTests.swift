import Pricing
import Telemetry
import TestKit
import Testing
import Usage

@testable import Rating

@Suite struct BillExportTests {
    private func bill(_ intervals: [UsageInterval], _ prices: String) throws -> Bill {
        let period = try #require(UsagePeriod(from: Instant(seconds: 0), to: Instant(seconds: 86_400)))
        return try Bill(
            of: intervals, by: PriceList.read("currency: EUR\nprices: \(prices)", source: "prices"), in: period,
            now: Instant(seconds: 86_400))
    }

    private func volume(_ id: String, project: ProjectID?, type: String?, from: Int64, to: Int64?) -> UsageInterval {
        UsageInterval(
            resourceType: .volume, resourceID: ResourceID(id), from: Instant(seconds: from),
            to: to.map { Instant(seconds: $0) },
            attributes: UsageAttributes(state: "available", projectID: project, sizeBytes: 10 << 30, type: type),
            openedBy: "a", closedBy: to.map { _ in "b" }, isAudited: false)
    }

    @Test("a bill is one record per line, quoted where it must be, ended by CR LF")
    func records() throws {
        let intervals = [
            volume("v1", project: "p,1", type: "the \"fast\" one", from: 0, to: 3_600),
            volume("v2", project: nil, type: nil, from: 7_200, to: nil),
        ]
        let text = BillExport(try bill(intervals, "[{meter: 'volume*', unit: GiB-h, price: 0.0005}]")).text
        #expect(
            text == """
                project_id,resource_type,resource_id,meter,from,to,quantity,unit,unit_price,amount,currency,interval_ids\r
                ,volume,v2,volume,1970-01-01T02:00:00Z,1970-01-02T00:00:00Z,220,GiB-h,0.0005,0.110000,EUR,\
                volume/v2@1970-01-01T02:00:00Z\r
                "p,1",volume,v1,"volume:the ""fast"" one",1970-01-01T00:00:00Z,1970-01-01T01:00:00Z,10,GiB-h,0.0005,\
                0.005000,EUR,volume/v1@1970-01-01T00:00:00Z\r

                """)
    }

    @Test("the amounts add up to the total, and exporting again gives the same bytes", arguments: 1...30)
    func sums(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let intervals = (0..<50).map { number in
            let from = Int64.random(in: 0...80_000, using: &random)
            return volume(
                "v\(number)", project: ProjectID("p\(number % 4)"), type: "t", from: from,
                to: from + Int64.random(in: 1...9_999, using: &random))
        }
        let prices = "[{meter: 'volume*', unit: GiB-h, price: 0.000\(Int.random(in: 1...99_999, using: &random))}]"
        let bill = try bill(intervals, prices)
        let text = BillExport(bill).text
        let amounts = text.split(separator: "\r\n").dropFirst().map { $0.split(separator: ",")[9] }
        let sum = try amounts.reduce(ExactDecimal.zero) { try $0.adding(#require(ExactDecimal(String($1)))) }
        #expect(amounts.count == 50 && sum == bill.total)
        #expect(BillExport(try self.bill(intervals.shuffled(using: &random), prices)).text == text)
    }

    @Test("bytes that were measured are priced by the GiB")
    func measured() throws {
        let period = try #require(UsagePeriod(from: Instant(seconds: 0), to: Instant(seconds: 60)))
        let usage = UsageReport.Measured(
            projectID: "p", resourceType: "instance_network_interface", resourceID: "tap",
            meter: "network.outgoing.bytes",
            quantity: UsageQuantity(3 << 29), unit: .byte, period: period)
        let prices = try PriceList.read(
            "currency: EUR\nprices: [{meter: network.outgoing.bytes, unit: GiB, price: 0.01}]", source: "prices")
        let bill = try Bill(of: [], measured: [usage], by: prices, in: period, now: period.to)
        #expect(bill.lines.map(\.quantity.text) == ["1.5"] && bill.total.text == "0.015")
    }
}
