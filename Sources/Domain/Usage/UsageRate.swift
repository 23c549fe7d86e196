package import Telemetry

/// How much of one meter a resource uses up in each second.
package struct UsageRate: Hashable, Sendable {
    package let meter: MeterName
    package let unit: UsageUnit
    /// What one second adds to the numerator of a quantity whose denominator is the unit's.
    package let perSecond: Int128

    package init(meter: MeterName, unit: UsageUnit, perSecond: Int128) {
        self.meter = meter
        self.unit = unit
        self.perSecond = perSecond
    }

    /// The usage of that many seconds.
    package func quantity(seconds: Int64) -> UsageQuantity {
        UsageQuantity(numerator: perSecond * Int128(seconds), denominator: unit.perUnit)
    }
}

/// The units in which usage is counted, with their spelling in reports and price lists.
package enum UsageUnit: String, Hashable, Sendable, CaseIterable {
    case hour = "h"
    case vcpuHour = "vCPU-h"
    /// Counted in byte-seconds.
    case gibibyteHour = "GiB-h"
    case byte = "B"
    /// In price lists, for what is measured in bytes.
    case gibibyte = "GiB"
    case request = "request"

    /// How many of what is counted make up one unit.
    package var perUnit: Int128 {
        switch self {
        case .hour, .vcpuHour: 3_600
        case .gibibyteHour: 3_600 << 30
        case .byte, .request: 1
        case .gibibyte: 1 << 30
        }
    }

    /// Whether a quantity counted for this unit can be given in another: the same thing is counted for both.
    package func isExpressible(in other: UsageUnit) -> Bool {
        self == other || (self == .byte && other == .gibibyte)
    }
}

extension UsageInterval {
    /// What the resource uses up in each second of the interval, by meter.
    ///
    /// The list is that of `docs/specs/usage.md`.
    package var rates: [UsageRate] {
        switch resourceType {
        case .instance: instanceRates
        case .volume: space(meter: attributes.type.map { "volume:\($0)" } ?? "volume")
        case .snapshot, .backup, .image: space(meter: resourceType.text)
        case .floatingIP: [existence(meter: "ip.floating")]
        default: [existence(meter: resourceType.text)]
        }
    }

    private var instanceRates: [UsageRate] {
        guard let flavor = attributes.flavor else { return [existence(meter: "instance")] }
        return [
            existence(meter: "instance:\(flavor.name)"),
            UsageRate(meter: "vcpu", unit: .vcpuHour, perSecond: Int128(flavor.vcpus)),
            UsageRate(meter: "memory", unit: .gibibyteHour, perSecond: Int128(flavor.memoryMiB) << 20),
            UsageRate(meter: "disk.root", unit: .gibibyteHour, perSecond: Int128(flavor.rootGiB) << 30),
            UsageRate(meter: "disk.ephemeral", unit: .gibibyteHour, perSecond: Int128(flavor.ephemeralGiB) << 30),
        ].filter { $0.perSecond > 0 }
    }

    private func existence(meter: String) -> UsageRate {
        UsageRate(meter: MeterName(meter), unit: .hour, perSecond: 1)
    }

    private func space(meter: String) -> [UsageRate] {
        guard let size = attributes.sizeBytes, size > 0 else { return [] }
        return [UsageRate(meter: MeterName(meter), unit: .gibibyteHour, perSecond: Int128(size))]
    }
}
