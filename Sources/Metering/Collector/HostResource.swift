package import Telemetry

/// One resource of a host with what was read of it in one poll.
package struct HostResource: Hashable, Sendable {
    package let id: ResourceID
    package let type: HostResourceType
    /// In Gnocchi's names: `host_name`, `device_name` and what tells devices of a type apart.
    package let attributes: [BatchAttribute]
    package private(set) var readings: [HostReading] = []

    init(_ type: HostResourceType, of host: HostName, device: String? = nil, attributes: [BatchAttribute] = []) {
        let name = BatchAttribute("host_name", host.text)
        self.type = type
        guard let device else {
            id = ResourceID(host.text)
            self.attributes = [name] + attributes
            return
        }
        // Gnocchi's clients put ids into paths, where a slash would end them.
        id = ResourceID(host.text + "." + String(device.map { $0 == "/" ? "_" : $0 }))
        self.attributes = [name, BatchAttribute("device_name", device)] + attributes
    }

    /// Adds a reading where there is a value.
    mutating func add(_ meter: HostMeter, _ value: Double?) {
        guard let value else { return }
        readings.append(HostReading(meter: meter, value: value))
    }

    mutating func add(_ meter: HostMeter, _ value: UInt64?) {
        add(meter, value.map { Double($0) })
    }

    /// Adds an amount of bytes in units of 1,024.
    mutating func add(_ meter: HostMeter, kilobytes bytes: UInt64?) {
        add(meter, bytes.map { $0 / 1024 })
    }

    mutating func keep(_ meters: Set<HostMeter>) {
        readings.removeAll { !meters.contains($0.meter) }
    }
}

/// One reading of one meter.
package struct HostReading: Hashable, Sendable {
    package let meter: HostMeter
    package let value: Double
}
