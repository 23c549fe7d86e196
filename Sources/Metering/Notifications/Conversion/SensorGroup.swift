import JSON

/// The groups of a machine's sensors in Ironic's `hardware.ipmi.metrics`, in Ceilometer's order; it leaves Power out.
enum SensorGroup: String, Hashable, Sendable, CaseIterable {
    case current = "Current"
    case fan = "Fan"
    case temperature = "Temperature"
    case voltage = "Voltage"

    private var meter: String { "hardware.ipmi." + rawValue.lowercased() }

    /// One sample for each of the group's sensors that can be read.
    func output(for notification: Notification, sampleSource: String) -> BuiltInSource.Output {
        var output = BuiltInSource.Output()
        guard notification.payload.kind == .object else {
            output.rejections.append(Rejection(subject: meter, fault: .sensorMalformed))
            return output
        }
        guard let sensors = notification.payload["payload"]?[rawValue] else { return output }
        guard sensors.kind == .object else {
            output.rejections.append(Rejection(subject: meter, fault: .sensorMalformed))
            return output
        }
        for (_, sensor) in sensors.uniqueMembers {
            do throws(ConversionFault) {
                if let draft = try draft(of: sensor, in: notification, sampleSource) { output.drafts.append(draft) }
            } catch {
                output.rejections.append(Rejection(subject: meter, fault: error))
            }
        }
        return output
    }

    /// The sample of one sensor; nil for one that is switched off, and for the power that Ironic lists under Current.
    private func draft(
        of sensor: JSONNode, in notification: Notification, _ sampleSource: String
    ) throws(ConversionFault) -> SampleDraft? {
        let payload = notification.payload
        guard let node = payload["node_uuid"], let id = sensor["Sensor ID"]?.string else { throw .sensorMalformed }
        if self == .current, TextOperators.contains(id, "Pwr Consumption") { return nil }
        guard let eventType = payload["event_type"] else { throw .sensorMalformed }
        guard let time = payload["timestamp"]?.string.flatMap(ISO8601Time.init) else { throw .timestampInvalid }
        guard let text = sensor["Sensor Reading"]?.string else { throw .sensorMalformed }
        if text == "Disabled" { return nil }
        guard let reading = SensorReading(text) else { throw .sensorMalformed }
        var metadata = sensor.value.members ?? []
        metadata.set("node", node.value)
        metadata.set("event_type", eventType.value)
        metadata.set("host", notification.publisherID.map(JSONValue.string) ?? .null)
        return SampleDraft(
            name: .string(meter), type: "gauge", unit: .string(reading.unit), volume: .double(reading.value),
            userID: payload["user_id"]?.value ?? .null, projectID: payload["project_id"]?.value ?? .null,
            resourceID: .string(PythonText.text(of: .node(node)) + "-" + Self.name(id)), userName: .null,
            projectName: .null, timestamp: time.isoformat, metadata: .object(metadata), source: sampleSource, id: nil)
    }

    /// The sensor's part of the resource's id: in lower case, spaces as underscores.
    private static func name(_ id: String) -> String {
        TextOperators.pieces(of: id.lowercased(), separator: " ", limit: -1).joined(separator: "_")
    }
}

/// What a sensor shows: `2.6 (+/- 0.1) Amps`.
private struct SensorReading {
    let value: Double
    let unit: String

    private static let symbols = ["Watts": "W", "Volts": "V"]

    /// The number before the first space and the word after the last; nil for anything else.
    init?(_ text: String) {
        let pieces = TextOperators.pieces(of: text, separator: " ", limit: -1)
        guard pieces.count > 1, let last = pieces.last,
            case .value(let number) = PythonNumber.float(.value(.string(pieces[0])))
        else { return nil }
        value = number
        unit = Self.symbols[last] ?? last
    }
}
