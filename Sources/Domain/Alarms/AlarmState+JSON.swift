package import JSON
internal import Telemetry

extension AlarmState {
    /// The state but for its status, to be kept in the store.
    package var memory: JSONValue {
        var members: [JSONValue.Member] = [.init("windows", .array(windows.map(\.json)))]
        if let folding {
            members.append(.init("granularity_ns", .int(folding.granularity.nanoseconds)))
            members.append(.init("method", .string(folding.method.rawValue)))
        }
        if let newest { members.append(.init("newest", newest.json)) }
        return .object(members)
    }

    /// The state as it was stored; nil where the memory is not of this form.
    package init?(status: AlarmStatus, memory: JSONValue) {
        guard let windows = memory["windows"]?.elements else { return nil }
        self.status = status
        for window in windows {
            guard let window = AlarmWindow(window) else { return nil }
            self.windows.append(window)
        }
        if let granularity = memory["granularity_ns"]?.int, let name = memory["method"]?.string {
            guard let method = AlarmMethod(rawValue: name), granularity > 0 else { return nil }
            folding = Folding(granularity: .nanoseconds(granularity), method: method)
        }
        if let newest = memory["newest"] {
            guard let newest = AlarmMeasure(newest) else { return nil }
            self.newest = newest
        }
    }
}

extension AlarmMeasure {
    fileprivate var json: JSONValue { [.int(timestamp.nanoseconds), .double(value)] }

    fileprivate init?(_ json: JSONValue) {
        guard let fields = json.elements, fields.count == 2, let time = fields[0].int, let value = fields[1].number
        else {
            return nil
        }
        self.init(timestamp: Instant(nanoseconds: time), value: value)
    }
}

extension AlarmWindow {
    fileprivate var json: JSONValue {
        [
            .int(start.nanoseconds), .int(Int64(count)), Self.json(sum), .double(min), .double(max), last.json,
        ]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let fields = json.elements, fields.count == 6, let start = fields[0].int, let count = fields[1].int,
            let sum = Self.sum(fields[2]), let min = fields[3].number, let max = fields[4].number,
            let last = AlarmMeasure(fields[5])
        else { return nil }
        self.init(
            start: Instant(nanoseconds: start), count: Int(count), sum: sum, min: min, max: max, last: last)
    }

    /// The sum of finite values may be beyond all numbers, for which JSON has no word.
    private static func json(_ sum: Double) -> JSONValue { sum.isFinite ? .double(sum) : .string("\(sum)") }

    private static func sum(_ json: JSONValue) -> Double? { json.number ?? json.string.flatMap { Double($0) } }
}
