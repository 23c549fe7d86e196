/// A meter that is derived from the life of resources, or a family of such meters.
///
/// The catalogue is what price lists are checked against and what `docs/specs/usage.md` documents.
package struct UsageMeter: Hashable, Sendable {
    /// The meter's name; of a family its common part, after which a colon and one member's name follow.
    package let name: String
    package let isFamily: Bool
    package let unit: UsageUnit

    /// Whether a meter is this one or of this family.
    package func covers(_ meter: String) -> Bool {
        meter == name || isFamily && meter.hasPrefix(name + ":")
    }

    package static let catalogue: [UsageMeter] = [
        UsageMeter(name: "instance", isFamily: true, unit: .hour),
        UsageMeter(name: "vcpu", isFamily: false, unit: .vcpuHour),
        UsageMeter(name: "memory", isFamily: false, unit: .gibibyteHour),
        UsageMeter(name: "disk.root", isFamily: false, unit: .gibibyteHour),
        UsageMeter(name: "disk.ephemeral", isFamily: false, unit: .gibibyteHour),
        UsageMeter(name: "volume", isFamily: true, unit: .gibibyteHour),
        UsageMeter(name: "snapshot", isFamily: false, unit: .gibibyteHour),
        UsageMeter(name: "backup", isFamily: false, unit: .gibibyteHour),
        UsageMeter(name: "image", isFamily: false, unit: .gibibyteHour),
        UsageMeter(name: "ip.floating", isFamily: false, unit: .hour),
        UsageMeter(name: "port", isFamily: false, unit: .hour),
        UsageMeter(name: "router", isFamily: false, unit: .hour),
        UsageMeter(name: "network", isFamily: false, unit: .hour),
        UsageMeter(name: "loadbalancer", isFamily: false, unit: .hour),
    ]
}
