package import Telemetry
package import Usage

/// The usage of a period, priced: lines, and their sum.
///
/// A function of its arguments alone: rating the same intervals again gives the same bill to the last digit.
package struct Bill: Hashable, Sendable {
    package let currency: Currency
    /// The digits after the point of every amount.
    package let amountDigits: Int
    /// Ordered by project, resource type, resource, meter and time.
    package let lines: [BillLine]
    /// The sum of the lines' amounts.
    package let total: ExactDecimal
    /// Meters that were used in the period and have no price, so that nobody takes silence for free of charge.
    package let unpricedMeters: Set<MeterName>

    /// Prices intervals.
    ///
    /// - Parameters:
    ///   - intervals: Intervals of any resources, in any order; those outside the period cost nothing.
    ///   - measured: Usage of the period that is not derived from intervals, such as bytes sent.
    ///   - prices: The price list.
    ///   - period: The period of the bill.
    ///   - now: Up to when resources that live on have been used.
    /// - Throws: `PricingError` where an amount cannot be held.
    package init(
        of intervals: [UsageInterval], measured: [UsageReport.Measured] = [], by prices: PriceList,
        in period: UsagePeriod, now: Instant
    ) throws(PricingError) {
        var lines: [BillLine] = []
        var unpriced: Set<MeterName> = []
        for interval in intervals.sorted(by: Self.precedes) {
            guard let part = interval.clipped(to: period, now: now) else { continue }
            let tariff = Tariff(prices, for: interval.rates)
            unpriced.formUnion(tariff.unpriced)
            for (rate, rule) in tariff.priced {
                let price = try rule.unitPrice(in: interval.attributes.state)
                lines.append(BillLine(interval, part: part, rate: rate, unitPrice: price))
            }
        }
        for usage in measured {
            if let rule = prices.rule(for: usage.meter, in: usage.unit) {
                lines.append(BillLine(usage, unit: rule.unit, unitPrice: rule.price))
            } else {
                unpriced.insert(usage.meter)
            }
        }
        let merged = BillLine.merged(lines)
        var total = ExactDecimal.zero
        var rated: [BillLine] = []
        for line in merged {
            let line = try line.rated(digits: prices.amountDigits)
            total = try total.adding(line.amount)
            rated.append(line)
        }
        self.currency = prices.currency
        self.amountDigits = prices.amountDigits
        self.lines = rated
        self.total = total
        self.unpricedMeters = unpriced
    }

    private static func precedes(_ left: UsageInterval, _ right: UsageInterval) -> Bool {
        (left.resourceType, left.resourceID, left.from) < (right.resourceType, right.resourceID, right.from)
    }
}

/// Which of an interval's meters are charged, and by which rule.
private struct Tariff {
    private(set) var priced: [(rate: UsageRate, rule: PriceRule)] = []
    private(set) var unpriced: Set<MeterName> = []

    init(_ prices: PriceList, for rates: [UsageRate]) {
        let matches = rates.map { (rate: $0, rule: prices.rule(for: $0.meter, in: $0.unit)) }
        let included = matches.flatMap { $0.rule?.includes ?? [] }
        for (rate, rule) in matches where !included.contains(where: { $0.matches(rate.meter) }) {
            if let rule {
                priced.append((rate, rule))
            } else {
                unpriced.insert(rate.meter)
            }
        }
    }
}
