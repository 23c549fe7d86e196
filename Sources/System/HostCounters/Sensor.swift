/// One hardware monitoring sensor (`/sys/class/hwmon`, `Documentation/hwmon/sysfs-interface.rst`).
package struct Sensor: Hashable, Sendable {
    /// The chip as its driver calls it: `coretemp`, `nct6779`.
    package let chip: String
    /// The device behind the chip, which unlike `hwmon3` stays the same over reboots: `coretemp.0`, `0000:00:18.3`.
    package let device: String
    /// The sensor within the chip: `temp1`, `fan2`.
    package let name: String
    /// What the board's maker or the driver calls it: `Package id 0`.
    package let label: String?
    package let quantity: SensorQuantity
    /// In the quantity's unit.
    package let value: Double
}

/// What a sensor measures.
package enum SensorQuantity: String, Hashable, Sendable, CaseIterable {
    /// Degrees Celsius.
    case temperature
    /// Revolutions per minute.
    case fan
    /// Volts.
    case voltage
    /// Amperes.
    case current
    /// Watts.
    case power

    fileprivate var prefix: String {
        switch self {
        case .temperature: "temp"
        case .fan: "fan"
        case .voltage: "in"
        case .current: "curr"
        case .power: "power"
        }
    }

    /// What sysfs writes for one unit: millidegrees, millivolts, milliamperes, microwatts.
    fileprivate var scale: Double {
        switch self {
        case .temperature, .voltage, .current: 1000
        case .fan: 1
        case .power: 1_000_000
        }
    }
}

extension Sensor {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [Sensor] {
        let directory = tree.roots.sysfs + "/class/hwmon"
        var sensors: [Sensor] = []
        for (name, _) in try tree.numbered("hwmon", in: directory) {
            let chip = tree.attempt { tree throws(HostCounterError) in
                try read(&tree, chip: directory + "/" + name, named: name)
            }
            sensors += chip ?? []
        }
        return sensors
    }

    private static func read(
        _ tree: inout HostTree, chip path: String, named entry: String
    ) throws(HostCounterError) -> [Sensor] {
        let chip = try tree.text(path + "/name")
        let device = tree.linkName(path + "/device") ?? entry
        var sensors: [Sensor] = []
        let names = try tree.names(in: path)
        for file in names {
            guard let (quantity, name) = sensor(file, among: names) else { continue }
            let sensor = tree.attempt { tree throws(HostCounterError) -> Sensor? in
                guard try !isFaulty(&tree, path + "/" + name) else { return nil }
                let value = Double(try tree.signed(path + "/" + file)) / quantity.scale
                let label = tree.attemptOptional { tree throws(HostCounterError) in
                    try tree.text(path + "/" + name + "_label")
                }
                return Sensor(chip: chip, device: device, name: name, label: label, quantity: quantity, value: value)
            }
            if let sensor, let sensor { sensors.append(sensor) }
        }
        return sensors
    }

    /// The sensor whose reading is in a file: `temp1_input`, or `power1_average` where the chip has no momentary power.
    private static func sensor(_ file: String, among names: [String]) -> (SensorQuantity, name: String)? {
        for quantity in SensorQuantity.allCases where file.hasPrefix(quantity.prefix) {
            let rest = file.dropFirst(quantity.prefix.count)
            let number = rest.prefix { $0.isASCII && $0.isNumber }
            let name = quantity.prefix + number
            guard !number.isEmpty else { continue }
            switch rest.dropFirst(number.count) {
            case "_input": return (quantity, name)
            case "_average" where quantity == .power && !names.contains(name + "_input"): return (quantity, name)
            default: continue
            }
        }
        return nil
    }

    /// A sensor that reports itself broken or unplugged; its reading is then meaningless.
    private static func isFaulty(_ tree: inout HostTree, _ sensor: String) throws(HostCounterError) -> Bool {
        let fault = tree.attemptOptional { tree throws(HostCounterError) in try tree.unsigned(sensor + "_fault") }
        return (fault ?? 0) != 0
    }
}
