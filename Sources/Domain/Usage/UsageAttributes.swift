package import Telemetry

/// What is known of a billed resource at a moment: its state, its owner and what it takes up.
///
/// Nil means that the service said nothing, except for `host`: a server whose service names no host runs on none.
package struct UsageAttributes: Hashable, Sendable {
    package var state: ResourceState?
    package var projectID: ProjectID?
    package var userID: UserID?
    package var host: HostName?
    package var flavor: UsageFlavor?
    /// The space that a volume, a snapshot, a backup or an image takes up.
    package var sizeBytes: Int64?
    /// The volume's type, the floating IP's network or the port's device owner.
    package var type: String?

    package init(
        state: ResourceState? = nil, projectID: ProjectID? = nil, userID: UserID? = nil, host: HostName? = nil,
        flavor: UsageFlavor? = nil, sizeBytes: Int64? = nil, type: String? = nil
    ) {
        self.state = state
        self.projectID = projectID
        self.userID = userID
        self.host = host
        self.flavor = flavor
        self.sizeBytes = sizeBytes
        self.type = type
    }

    /// These attributes, with what they leave open taken from others.
    ///
    /// The host is not: no host is a statement.
    package func completed(from other: UsageAttributes) -> UsageAttributes {
        UsageAttributes(
            state: state ?? other.state, projectID: projectID ?? other.projectID, userID: userID ?? other.userID,
            host: host, flavor: flavor ?? other.flavor, sizeBytes: sizeBytes ?? other.sizeBytes,
            type: type ?? other.type)
    }
}

/// The state of a resource in its own service's words: Nova's `vm_state`, Cinder's, Glance's or Neutron's `status`.
package struct ResourceState: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The flavor of a server as its notification spells it out; the name stays what it was when the server took it.
package struct UsageFlavor: Hashable, Sendable {
    package let name: String
    package let vcpus: Int64
    package let memoryMiB: Int64
    package let rootGiB: Int64
    package let ephemeralGiB: Int64

    package init(name: String, vcpus: Int64, memoryMiB: Int64, rootGiB: Int64, ephemeralGiB: Int64) {
        self.name = name
        self.vcpus = vcpus
        self.memoryMiB = memoryMiB
        self.rootGiB = rootGiB
        self.ephemeralGiB = ephemeralGiB
    }
}

/// The types of the resources whose life is billed, named as Gnocchi's resource types where it has one.
extension ResourceType {
    package static let instance: ResourceType = "instance"
    package static let volume: ResourceType = "volume"
    package static let snapshot: ResourceType = "snapshot"
    package static let backup: ResourceType = "backup"
    package static let image: ResourceType = "image"
    package static let floatingIP: ResourceType = "floatingip"
    package static let port: ResourceType = "port"
    package static let router: ResourceType = "router"
    package static let network: ResourceType = "network"
    package static let loadBalancer: ResourceType = "loadbalancer"
}
