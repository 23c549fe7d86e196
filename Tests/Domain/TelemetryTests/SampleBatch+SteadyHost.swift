import Telemetry

extension SampleBatch {
    /// A poll of a host whose servers have run for weeks.
    ///
    /// Counters are large, and nobody came or went, so that no attributes are sent. Each server has four vCPUs, two disks and one interface, in five projects.
    static func steadyHost(servers: Int) -> SampleBatch {
        var random = SeededRandom(seed: 42)
        let projects = (0..<5).map { _ in
            (ProjectID(random.uuid(hyphenated: false)), UserID(random.uuid(hyphenated: false)))
        }
        let shapes = [Shape.instance, .vcpu, .disk, .interface]
        let meters = shapes.flatMap { shape in
            shape.meters.map {
                BatchMeter(name: MeterName($0.name), kind: $0.limit > 1e7 ? .cumulative : .gauge, unit: $0.unit)
            }
        }
        var resources: [BatchResource] = []
        for server in 0..<servers {
            let id = random.uuid()
            let owner = projects[server % projects.count]
            let parts: [(String, Shape)] =
                [(id, .instance)] + (0..<4).map { ("\(id)-vcpu\($0)", .vcpu) }
                + [("\(id)-vda", .disk), ("\(id)-vdb", .disk)]
                + [("instance-\(String(server + 4_096, radix: 16))-\(id)-tap\(random.uuid().prefix(11))", .interface)]
            for (id, shape) in parts {
                let start = shapes.prefix { $0.type != shape.type }.reduce(0) { $0 + $1.meters.count }
                let readings = shape.meters.enumerated().map { index, meter in
                    let value = Double.random(in: meter.limit / 10...meter.limit, using: &random)
                    return BatchReading(
                        meter: start + index, value: meter.isWhole ? value.rounded() : value,
                        offset: Int64(server / 10) * 8_345_678)
                }
                resources.append(
                    BatchResource(
                        id: ResourceID(id), type: ResourceType(shape.type), projectID: owner.0, userID: owner.1,
                        attributes: nil, readings: readings))
            }
        }
        return SampleBatch(
            host: "compute-0017.cloud.example", epoch: 1_795_400_000_123_456_789, sequence: 40_321,
            polledAt: Instant(nanoseconds: 1_795_460_000_123_456_789), interval: .seconds(60), meters: meters,
            resources: resources)
    }
}

/// The meters of one kind of resource with the size that their readings reach.
private struct Shape {
    let type: String
    let meters: [(name: String, unit: String, limit: Double, isWhole: Bool)]

    static let instance = Shape(
        type: "instance",
        meters: [
            ("power.state", "", 1, true), ("cpu", "ns", 4e15, true), ("vcpus", "vcpu", 8, true),
            ("memory", "MiB", 8_192, true), ("memory.available", "MiB", 8_000, false),
            ("memory.usage", "MiB", 4_000, false),
            ("memory.resident", "MiB", 8_000, false), ("memory.swap.in", "MiB", 100, true),
            ("memory.swap.out", "MiB", 100, true), ("cpu.user", "ns", 1e14, true), ("cpu.system", "ns", 1e14, true),
        ])
    static let vcpu = Shape(
        type: "instance_vcpu",
        meters: [("vcpu.time", "ns", 1e15, true), ("vcpu.wait", "ns", 1e13, true), ("vcpu.delay", "ns", 1e13, true)])
    static let disk = Shape(
        type: "instance_disk",
        meters: [
            ("disk.device.read.requests", "request", 1e8, true), ("disk.device.write.requests", "request", 1e9, true),
            ("disk.device.read.bytes", "B", 1e12, true), ("disk.device.write.bytes", "B", 1e13, true),
            ("disk.device.read.latency", "ns", 1e14, true), ("disk.device.write.latency", "ns", 1e15, true),
            ("disk.device.capacity", "B", 1e11, true), ("disk.device.allocation", "B", 1e11, true),
            ("disk.device.usage", "B", 1e11, true),
        ])
    static let interface = Shape(
        type: "instance_network_interface",
        meters: [
            ("network.incoming.bytes", "B", 1e13, true), ("network.outgoing.bytes", "B", 1e13, true),
            ("network.incoming.packets", "packet", 1e10, true), ("network.outgoing.packets", "packet", 1e10, true),
            ("network.incoming.packets.drop", "packet", 100, true),
            ("network.outgoing.packets.drop", "packet", 100, true),
            ("network.incoming.packets.error", "packet", 10, true),
            ("network.outgoing.packets.error", "packet", 10, true),
            ("network.incoming.bytes.delta", "B", 1e9, true), ("network.outgoing.bytes.delta", "B", 1e9, true),
            ("network.incoming.bytes.rate", "B/s", 1e7, false), ("network.outgoing.bytes.rate", "B/s", 1e7, false),
        ])
}
