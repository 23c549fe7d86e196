import Documents
import JSON

extension TraitPlugin {
    /// The highest bit of a positive `Int64`.
    private static let bitRange = 0...62

    /// Reads a plugin: its name, or a mapping of `name` and `parameters`.
    init?(_ value: DocumentValue) {
        if value.kind == .string, let name = value.text {
            self.init(named: name, value, nil)
            return
        }
        guard let mapping = value.mapping() else { return nil }
        _ = mapping.all()
        guard let name = mapping.required("name")?.string() else { return nil }
        let parameters = mapping["parameters"].map { $0.mapping() }
        if case .some(.none) = parameters { return nil }
        // A parameter that a plugin does not know is ignored, as its constructor does.
        _ = parameters??.all()
        self.init(named: name, value, parameters ?? nil)
    }

    private init?(named name: String, _ value: DocumentValue, _ parameters: DocumentMapping?) {
        let plugin: TraitPlugin?
        switch name {
        case "split": plugin = Self.split(value, parameters)
        case "bitfield": plugin = Self.bitfield(value, parameters)
        case "timedelta": plugin = .timedelta
        case "map": plugin = Self.map(value, parameters)
        default:
            value.report("no plugin is called \(name); there are bitfield, map, split and timedelta")
            return nil
        }
        guard let plugin else { return nil }
        self = plugin
    }

    private static func split(_ value: DocumentValue, _ parameters: DocumentMapping?) -> TraitPlugin? {
        let separator = parameters?.string("separator", default: ".") ?? "."
        let segment = parameters?.int("segment", default: 0, in: -1_000...1_000) ?? 0
        let limit = parameters?.int("max_split", default: -1, in: -1...1_000) ?? -1
        guard !separator.isEmpty else {
            value.report("the separator is empty")
            return nil
        }
        return .split(separator: separator, segment: segment, limit: limit)
    }

    private static func bitfield(_ value: DocumentValue, _ parameters: DocumentMapping?) -> TraitPlugin? {
        let initial = parameters?.int("initial_bitfield", default: 0, in: Int.min...Int.max) ?? 0
        let flags = (parameters?["flags"]?.list() ?? []).map(flag)
        let complete = flags.compactMap(\.self)
        return complete.count == flags.count ? .bitfield(initial: Int64(initial), flags: complete) : nil
    }

    private static func flag(_ value: DocumentValue) -> Flag? {
        guard let mapping = value.mapping() else { return nil }
        let path = mapping.required("path")?.string()
        let bit = mapping.required("bit")?.int(in: bitRange)
        // An optional on purpose: without a value any will do, and a null is a value.
        let wanted: JSONValue? = mapping.contains("value") ? .some(mapping["value"]?.configuration ?? .null) : .none
        guard let path, let bit else { return nil }
        return Flag(path: path, bit: 1 << Int64(bit), value: wanted)
    }

    private static func map(_ value: DocumentValue, _ parameters: DocumentMapping?) -> TraitPlugin? {
        guard let values = parameters?["values"], !values.isFalsy, let mapping = values.mapping() else {
            value.report("the plugin map needs the parameter values, a mapping")
            return nil
        }
        let entries = mapping.all().flatMap { entry in
            keys(entry.key).map { Entry(key: $0, value: entry.value.configuration) }
        }
        return .map(
            entries: entries, default: parameters?["default"]?.configuration ?? .null,
            isCaseSensitive: parameters?.bool("case_sensitive", default: true) ?? true)
    }

    /// What a key of the mapping may mean: a document's keys are text, so that `1:` stands for the number and for the text.
    private static func keys(_ text: String) -> [JSONValue] {
        var keys: [JSONValue] = [.string(text)]
        switch text {
        case "true", "True", "TRUE": keys.append(.bool(true))
        case "false", "False", "FALSE": keys.append(.bool(false))
        case "null", "Null", "NULL", "~": keys.append(.null)
        default:
            if let integer = Int64(text) {
                keys.append(.int(integer))
            } else if let number = Double(text), number.isFinite {
                keys.append(.double(number))
            }
        }
        return keys
    }
}
