import JSON
import Telemetry

/// The plugins that a definition may run its values through, with Ceilometer's names and parameters.
enum TraitPlugin: Hashable, Sendable {
    case split(separator: String, segment: Int, limit: Int)
    case bitfield(initial: Int64, flags: [Flag])
    case timedelta
    case map(entries: [Entry], default: JSONValue, isCaseSensitive: Bool)

    /// One bit of a bit field and the value that sets it; without one any value does.
    struct Flag: Hashable, Sendable {
        let path: String
        let bit: Int64
        let value: JSONValue?
    }

    struct Entry: Hashable, Sendable {
        let key: JSONValue
        let value: JSONValue
    }

    /// Whether the plugin gives one value for each that it is given, as definitions with `lookup` need.
    var givesAllValues: Bool {
        if case .split = self { true } else { false }
    }

    /// What the plugin makes of the values that were found.
    func values(from found: [Path.Found]) throws(ConversionFault) -> [JSONValue] {
        switch self {
        case .split(let separator, let segment, let limit):
            return found.compactMap { Self.piece(of: PythonText.text(of: $0.value), separator, segment, limit) }
        case .bitfield(let initial, let flags):
            return [.int(Self.bits(initial, flags, found))]
        case .timedelta:
            return Self.seconds(between: found).map { [.double($0)] } ?? []
        case .map(let entries, let fallback, let isCaseSensitive):
            var values: [JSONValue] = []
            for value in found.map(\.value.tree) {
                guard value.kind != .array, value.kind != .object else { throw .path(.wrongKind) }
                let mapped = entries.last { Self.isSame($0.key, value, isCaseSensitive) }?.value ?? fallback
                if mapped != .null { values.append(mapped) }
            }
            return values
        }
    }

    private static func piece(of text: String, _ separator: String, _ segment: Int, _ limit: Int) -> JSONValue? {
        let pieces = TextOperators.pieces(of: text, separator: separator, limit: limit)
        let place = segment < 0 ? pieces.count + segment : segment
        return pieces.indices.contains(place) ? .string(pieces[place]) : nil
    }

    private static func bits(_ initial: Int64, _ flags: [Flag], _ found: [Path.Found]) -> Int64 {
        flags.reduce(initial) { bits, flag in
            // Of several values at one path the last counts.
            guard let match = found.last(where: { $0.path.isExactly(flag.path) }) else { return bits }
            guard let wanted = flag.value else { return bits | flag.bit }
            return match.value.tree.isEqual(wanted) ? bits | flag.bit : bits
        }
    }

    /// The seconds between two times, whichever comes first; nil unless there are exactly two.
    private static func seconds(between found: [Path.Found]) -> Double? {
        guard found.count == 2, let start = found[0].value.text.flatMap(ISO8601Time.init),
            let end = found[1].value.text.flatMap(ISO8601Time.init)
        else { return nil }
        let microseconds = (end.instant.nanoseconds - start.instant.nanoseconds) / 1_000
        return Double(abs(microseconds)) / 1_000_000
    }

    private static func isSame(_ key: JSONValue, _ value: JSONValue, _ isCaseSensitive: Bool) -> Bool {
        guard !isCaseSensitive, let key = key.string, let value = value.string else { return key.isEqual(value) }
        return key.lowercased().isExactly(value.lowercased())
    }
}
