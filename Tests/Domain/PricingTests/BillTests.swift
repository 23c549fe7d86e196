import Telemetry
import TestKit
import Testing
import Usage

@testable import Pricing

@Suite struct BillTests {
    private let flavor = UsageFlavor(name: "m1.small", vcpus: 2, memoryMiB: 2_048, rootGiB: 20, ephemeralGiB: 0)

    private func server(_ from: Int64, _ to: Int64?, _ state: ResourceState, host: HostName = "h1") -> UsageInterval {
        UsageInterval(
            resourceType: .instance, resourceID: "s", from: Instant(seconds: from), to: to.map { Instant(seconds: $0) },
            attributes: UsageAttributes(state: state, projectID: "p", host: host, flavor: flavor), openedBy: "a",
            closedBy: to.map { _ in "b" }, isAudited: false)
    }

    private func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text)) }

    private func prices(_ rules: [PriceRule], digits: Int = 6) throws -> PriceList {
        PriceList(currency: try #require(Currency("EUR")), amountDigits: digits, rules: rules)
    }

    private func bill(_ intervals: [UsageInterval], _ list: PriceList) throws -> Bill {
        let period = try #require(UsagePeriod(from: Instant(seconds: 0), to: Instant(seconds: 100_000)))
        return try Bill(of: intervals, by: list, in: period, now: Instant(seconds: 50_000))
    }

    @Test("a flat price per flavor, halved while stopped, with a host move on one line")
    func flat() throws {
        let rule = PriceRule(
            meter: MeterPattern("instance:*"), unit: .hour, price: try decimal("0.12"),
            stateFactors: ["stopped": try decimal("0.5")],
            includes: ["vcpu", "memory", "disk.*"].map { MeterPattern($0) })
        let bill = try bill(
            [server(0, 1_800, "active"), server(1_800, 3_600, "active", host: "h2"), server(3_600, 7_200, "stopped")],
            prices([rule]))
        #expect(bill.lines.map(\.amount.text) == ["0.12", "0.06"])
        #expect(bill.lines.map(\.unitPrice.text) == ["0.12", "0.06"])
        #expect(bill.lines[0].intervalIDs.count == 2)
        #expect(bill.total.text == "0.18" && bill.unpricedMeters.isEmpty)
    }

    @Test("prices per vCPU and GiB; meters without a price are named")
    func parts() throws {
        let bill = try bill(
            [server(0, 3_600, "active")],
            prices([
                PriceRule(meter: MeterPattern("vcpu"), unit: .vcpuHour, price: decimal("0.01")),
                PriceRule(meter: MeterPattern("memory"), unit: .gibibyteHour, price: decimal("0.005")),
            ]))
        #expect(bill.lines.map { "\($0.meter) \($0.amount)" } == ["memory 0.01", "vcpu 0.02"])
        #expect(bill.unpricedMeters == ["instance:m1.small", "disk.root"])
    }

    @Test("the invoice is the sum of its lines, and rating again gives the same bill", arguments: 1...50)
    func properties(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var intervals: [UsageInterval] = []
        for number in 0..<40 {
            let from = Int64.random(in: 0...60_000, using: &random)
            let size = Int64.random(in: 1...(1 << 44), using: &random)
            intervals.append(
                UsageInterval(
                    resourceType: .volume, resourceID: ResourceID("v\(number)"), from: Instant(seconds: from),
                    to: Instant(seconds: from + Int64.random(in: 1...30_000, using: &random)),
                    attributes: UsageAttributes(
                        state: "available", projectID: ProjectID("p\(number % 3)"), sizeBytes: size),
                    openedBy: "a", closedBy: "b", isAudited: false))
        }
        let price = ExactDecimal(parts: Int128.random(in: 0...1_000_000_000_000, using: &random))
        let list = try prices([PriceRule(meter: MeterPattern("volume"), unit: .gibibyteHour, price: price)], digits: 2)
        let first = try bill(intervals, list)
        #expect(try bill(intervals.shuffled(using: &random), list) == first)
        #expect(first.lines.map(\.amount.parts).reduce(0, +) == first.total.parts)
        #expect(first.lines.allSatisfy { $0.amount.significantFractionDigits <= 2 })
    }

    @Test("splitting an interval by something free of charge does not change the bill", arguments: 1...50)
    func splits(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let list = try prices([PriceRule(meter: MeterPattern("vcpu"), unit: .vcpuHour, price: decimal("0.0123"))])
        let cuts = Set((0..<20).map { _ in Int64.random(in: 1...9_999, using: &random) }).sorted()
        let bounds = [0] + cuts + [10_000]
        let pieces = zip(bounds, bounds.dropFirst()).enumerated().map { number, piece in
            server(piece.0, piece.1, "active", host: HostName("h\(number)"))
        }
        #expect(try bill(pieces, list).total == bill([server(0, 10_000, "active")], list).total)
    }
}
