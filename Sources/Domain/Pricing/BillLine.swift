package import Telemetry
package import Usage

/// One line of a bill: a stretch of time in which one meter of one resource ran at one rate and one price.
package struct BillLine: Hashable, Sendable {
    package let projectID: ProjectID?
    package let resourceType: ResourceType
    package let resourceID: ResourceID
    package let meter: MeterName
    package let from: Instant
    package let to: Instant
    package let quantity: UsageQuantity
    package let unit: UsageUnit
    /// Of one unit, with the factor of the resource's state applied.
    package let unitPrice: ExactDecimal
    package let amount: ExactDecimal
    /// The usage intervals that the line is made of, which lead on to the events behind it.
    package let intervalIDs: [String]
    /// What tells two lines at one price apart: another size or flavor is another line.
    ///
    /// Nil for measured usage.
    private let perSecond: Int128?

    init(_ interval: UsageInterval, part: UsagePeriod, rate: UsageRate, unitPrice: ExactDecimal) {
        projectID = interval.attributes.projectID
        resourceType = interval.resourceType
        resourceID = interval.resourceID
        meter = rate.meter
        from = part.from
        to = part.to
        quantity = rate.quantity(seconds: part.seconds)
        unit = rate.unit
        self.unitPrice = unitPrice
        amount = .zero
        intervalIDs = [interval.id]
        perSecond = rate.perSecond
    }

    /// A line for measured usage, in the unit of its price.
    init(_ usage: UsageReport.Measured, unit: UsageUnit, unitPrice: ExactDecimal) {
        projectID = usage.projectID
        resourceType = usage.resourceType
        resourceID = usage.resourceID
        meter = usage.meter
        from = usage.period.from
        to = usage.period.to
        quantity = UsageQuantity(numerator: usage.quantity.numerator, denominator: unit.perUnit)
        self.unit = unit
        self.unitPrice = unitPrice
        amount = .zero
        intervalIDs = []
        perSecond = nil
    }

    private init(_ line: BillLine, extendedBy next: BillLine) {
        self.init(line, to: next.to, quantity: line.quantity + next.quantity, amount: .zero, ids: next.intervalIDs)
    }

    private init(_ line: BillLine, to end: Instant, quantity: UsageQuantity, amount: ExactDecimal, ids: [String]) {
        projectID = line.projectID
        resourceType = line.resourceType
        resourceID = line.resourceID
        meter = line.meter
        from = line.from
        to = end
        self.quantity = quantity
        unit = line.unit
        unitPrice = line.unitPrice
        self.amount = amount
        intervalIDs = line.intervalIDs + ids
        perSecond = line.perSecond
    }

    /// The line with its amount: the one place where a sum of money is rounded.
    func rated(digits: Int) throws(PricingError) -> BillLine {
        let amount = try unitPrice.amount(of: quantity, digits: digits)
        return BillLine(self, to: to, quantity: quantity, amount: amount, ids: [])
    }

    /// Lines in the order of a bill, with neighbours joined that differ in nothing but their time: a change of state or
    /// of host that costs the same does not cut a line in two.
    static func merged(_ lines: [BillLine]) -> [BillLine] {
        var merged: [BillLine] = []
        for line in lines.sorted(by: precedes) {
            if let last = merged.last, last.continues(into: line) {
                merged[merged.count - 1] = BillLine(last, extendedBy: line)
            } else {
                merged.append(line)
            }
        }
        return merged
    }

    private func continues(into next: BillLine) -> Bool {
        to == next.from && projectID == next.projectID && resourceType == next.resourceType
            && resourceID == next.resourceID && meter == next.meter && unit == next.unit && unitPrice == next.unitPrice
            && perSecond == next.perSecond
    }

    private static func precedes(_ left: BillLine, _ right: BillLine) -> Bool {
        (left.projectID?.text ?? "", left.resourceType, left.resourceID, left.meter, left.from)
            < (right.projectID?.text ?? "", right.resourceType, right.resourceID, right.meter, right.from)
    }
}
