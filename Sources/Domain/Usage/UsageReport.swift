package import Telemetry

/// The usage of resources over a period: one row for each project, resource and meter.
package struct UsageReport: Sendable {
    /// Ordered by project, resource type, resource and meter.
    package let rows: [Row]

    /// What one resource of one project used of one meter.
    package struct Row: Hashable, Sendable {
        /// Nil for what belongs to no project, such as a router's port on the public network.
        package let projectID: ProjectID?
        package let resourceType: ResourceType
        package let resourceID: ResourceID
        package let meter: MeterName
        package let quantity: UsageQuantity
        package let unit: UsageUnit
        /// The first moment of usage within the period.
        package let start: Instant
        /// The end of the last usage within the period.
        package let end: Instant
    }

    /// Usage that was measured instead of derived from a life: bytes sent, objects stored.
    ///
    /// Whoever sums measures over the period (deltas, or the increments of a counter) hands in one value per resource
    /// and meter; the report only puts it in its place.
    package struct Measured: Hashable, Sendable {
        package let projectID: ProjectID?
        package let resourceType: ResourceType
        package let resourceID: ResourceID
        package let meter: MeterName
        package let quantity: UsageQuantity
        package let unit: UsageUnit
        package let period: UsagePeriod

        package init(
            projectID: ProjectID?, resourceType: ResourceType, resourceID: ResourceID, meter: MeterName,
            quantity: UsageQuantity, unit: UsageUnit, period: UsagePeriod
        ) {
            self.projectID = projectID
            self.resourceType = resourceType
            self.resourceID = resourceID
            self.meter = meter
            self.quantity = quantity
            self.unit = unit
            self.period = period
        }
    }

    /// Sums intervals and measured usage.
    ///
    /// - Parameters:
    ///   - intervals: Intervals of any resources; those outside the period add nothing.
    ///   - measured: Usage of the period that is not derived from intervals.
    ///   - period: The period of the report.
    ///   - now: Up to when resources that live on have been used; a report on a period that is not over ends there.
    package init(of intervals: [UsageInterval], measured: [Measured] = [], in period: UsagePeriod, now: Instant) {
        var sums: [Key: Sum] = [:]
        for interval in intervals {
            guard let part = interval.clipped(to: period, now: now) else { continue }
            for rate in interval.rates {
                let key = Key(
                    projectID: interval.attributes.projectID, resourceType: interval.resourceType,
                    resourceID: interval.resourceID, meter: rate.meter, unit: rate.unit)
                sums[key, default: Sum(unit: rate.unit)].add(rate.quantity(seconds: part.seconds), in: part)
            }
        }
        for usage in measured {
            let key = Key(
                projectID: usage.projectID, resourceType: usage.resourceType, resourceID: usage.resourceID,
                meter: usage.meter, unit: usage.unit)
            sums[key, default: Sum(unit: usage.unit)].add(usage.quantity, in: usage.period)
        }
        rows = sums.compactMap { key, sum in Row(key, sum) }.sorted { $0.precedes($1) }
    }

    fileprivate struct Key: Hashable {
        let projectID: ProjectID?
        let resourceType: ResourceType
        let resourceID: ResourceID
        let meter: MeterName
        let unit: UsageUnit
    }

    fileprivate struct Sum {
        var quantity: UsageQuantity
        var span: UsagePeriod?

        init(unit: UsageUnit) {
            quantity = UsageQuantity(numerator: 0, denominator: unit.perUnit)
        }

        mutating func add(_ usage: UsageQuantity, in part: UsagePeriod) {
            quantity = quantity + usage
            span = UsagePeriod(from: min(span?.from ?? part.from, part.from), to: max(span?.to ?? part.to, part.to))
        }
    }
}

extension UsageReport.Row {
    /// Nil for a sum to which nothing was added.
    fileprivate init?(_ key: UsageReport.Key, _ sum: UsageReport.Sum) {
        guard let span = sum.span else { return nil }
        self.init(
            projectID: key.projectID, resourceType: key.resourceType, resourceID: key.resourceID, meter: key.meter,
            quantity: sum.quantity, unit: key.unit, start: span.from, end: span.to)
    }

    fileprivate func precedes(_ other: UsageReport.Row) -> Bool {
        (projectID?.text ?? "", resourceType, resourceID, meter)
            < (other.projectID?.text ?? "", other.resourceType, other.resourceID, other.meter)
    }
}
