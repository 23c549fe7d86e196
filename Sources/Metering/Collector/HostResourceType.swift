package import Telemetry

/// What a host's meters are measured on.
///
/// The first three are Gnocchi's types of old; the others follow them.
package enum HostResourceType: String, Hashable, Sendable, CaseIterable {
    case host
    case disk = "host_disk"
    case networkInterface = "host_network_interface"
    case numaNode = "host_numa_node"
    case hugePagePool = "host_huge_page_pool"
    case memoryController = "host_memory_controller"
    case memoryModule = "host_memory_module"
    case sensor = "host_sensor"
    case powerZone = "host_power_zone"

    package var resourceType: ResourceType { ResourceType(rawValue) }
}
