import HostCounters
import Telemetry

extension HostReadings {
    /// Devices that are no disks of their own: each would add series that nobody asks for.
    private static let ignoredDisks = ["loop", "ram", "zram", "fd", "sr"]

    /// The host's ends of its guests' and containers' interfaces; a compute host has thousands that come and go, and they are
    /// metered as the guests' own.
    private static let ignoredInterfaces = ["tap", "vnet", "veth", "qvo", "qvb", "qbr"]

    /// Whole disks with their traffic, and what file systems there are on a device.
    ///
    /// Where a file system is on a whole disk both are one resource.
    func disks() -> [HostResource] {
        var resources: [HostResource] = []
        var indices: [String: Int] = [:]
        for disk in snapshot.disks ?? [] where !disk.isPartition {
            guard !Self.ignoredDisks.contains(where: disk.name.hasPrefix) else { continue }
            indices[disk.name] = resources.count
            resources.append(resource(of: disk))
        }
        for filesystem in snapshot.filesystems ?? [] {
            let device =
                filesystem.device.hasPrefix("/dev/")
                ? String(filesystem.device.dropFirst("/dev/".count)) : filesystem.device
            if let index = indices[device] {
                add(filesystem, to: &resources[index])
            } else {
                var resource = HostResource(.disk, of: host, device: device)
                add(filesystem, to: &resource)
                resources.append(resource)
            }
        }
        return resources
    }

    private func resource(of disk: Disk) -> HostResource {
        var resource = HostResource(.disk, of: host, device: disk.name)
        resource.add(.diskCapacity, disk.size)
        resource.add(.diskReadBytes, disk.readBytes)
        resource.add(.diskWriteBytes, disk.writeBytes)
        resource.add(.diskReadRequests, disk.readRequests)
        resource.add(.diskWriteRequests, disk.writeRequests)
        resource.add(.diskReadTime, disk.readTime)
        resource.add(.diskWriteTime, disk.writeTime)
        resource.add(.diskBusyTime, disk.busyTime)
        resource.add(.diskQueueTime, disk.weightedTime)
        resource.add(.diskRequestsActive, disk.requestsInFlight)
        return resource
    }

    private func add(_ filesystem: Filesystem, to resource: inout HostResource) {
        resource.add(.diskSizeTotal, kilobytes: filesystem.size)
        if filesystem.size >= filesystem.free {
            resource.add(.diskSizeUsed, kilobytes: filesystem.size - filesystem.free)
        }
        // File systems that make inodes as they need them, such as btrfs, say that they have none.
        guard filesystem.inodes > 0, filesystem.inodes >= filesystem.inodesFree else { return }
        resource.add(.diskInodesTotal, filesystem.inodes)
        resource.add(.diskInodesUsed, filesystem.inodes - filesystem.inodesFree)
    }

    func networkInterfaces() -> [HostResource] {
        (snapshot.networkInterfaces ?? []).compactMap { interface in
            guard !Self.ignoredInterfaces.contains(where: interface.name.hasPrefix) else { return nil }
            // Bridges, bonds and tunnels count again what passes through the devices below them.
            let physical = BatchAttribute("physical", "\(interface.isPhysical)")
            var resource = HostResource(
                .networkInterface, of: host, device: interface.name, attributes: [physical])
            resource.add(.networkInBytes, interface.received.bytes)
            resource.add(.networkOutBytes, interface.sent.bytes)
            resource.add(.networkInPackets, interface.received.packets)
            resource.add(.networkOutPackets, interface.sent.packets)
            resource.add(.networkInErrors, interface.received.errors)
            resource.add(.networkOutErrors, interface.sent.errors)
            resource.add(.networkInDrop, interface.received.dropped)
            resource.add(.networkOutDrop, interface.sent.dropped)
            resource.add(.networkSpeed, interface.speed)
            switch interface.operationalState {
            case "up": resource.add(.networkUp, 1.0)
            case "down", "lowerlayerdown": resource.add(.networkUp, 0.0)
            default: break
            }
            return resource
        }
    }

    func sensors() -> [HostResource] {
        let chips = (snapshot.sensors ?? []).map { sensor in
            var attributes = [BatchAttribute("chip", sensor.chip)]
            if let label = sensor.label { attributes.append(BatchAttribute("label", label)) }
            var resource = HostResource(
                .sensor, of: host, device: "\(sensor.device).\(sensor.name)", attributes: attributes)
            resource.add(HostMeter(sensor.quantity), sensor.value)
            return resource
        }
        let zones = (snapshot.thermalZones ?? []).map { zone in
            var resource = HostResource(
                .sensor, of: host, device: "thermal_zone\(zone.number)",
                attributes: [BatchAttribute("chip", zone.type)])
            resource.add(.temperature, zone.temperature)
            return resource
        }
        return chips + zones
    }
}

extension HostMeter {
    fileprivate init(_ quantity: SensorQuantity) {
        self =
            switch quantity {
            case .temperature: .temperature
            case .fan: .fan
            case .voltage: .voltage
            case .current: .current
            case .power: .sensorPower
            }
    }
}
