internal import JSON
internal import Postgres
internal import Telemetry

/// The condition of an event query in SQL.
///
/// Grows by typed conditions only.
struct EventConditions {
    private(set) var sql: SQL = "true"

    init(_ query: EventQuery) {
        if let pattern = query.typePattern { add(Self.matches(pattern)) }
        if let from = query.from { add("generated_at >= \(Self.time(from))") }
        if let to = query.to { add("generated_at < \(Self.time(to))") }
        for condition in query.traits { add(Self.condition(condition)) }
        guard let marker = query.marker else { return }
        let time = Self.time(marker.generated)
        switch query.order {
        case .oldestFirst: add("(generated_at, message_id) > (\(time), \(marker.messageID.text))")
        case .newestFirst: add("(generated_at, message_id) < (\(time), \(marker.messageID.text))")
        }
    }

    private mutating func add(_ condition: SQL) {
        sql = "\(sql) AND \(condition)"
    }

    private static func time(_ instant: Instant) -> Timestamp { Timestamp(nanoseconds: instant.nanoseconds) }

    private static func matches(_ pattern: String) -> SQL {
        guard pattern.contains(where: { $0 == "*" || $0 == "?" }) else { return "event_type = \(pattern)" }
        return "event_type LIKE \(likePattern(pattern))"
    }

    /// LIKE's spelling of a shell pattern.
    static func likePattern(_ pattern: String) -> String {
        var like = ""
        for character in pattern {
            switch character {
            case "*": like += "%"
            case "?": like += "_"
            case "%", "_", "\\": like += "\\\(character)"
            default: like.append(character)
            }
        }
        return like
    }

    private static func condition(_ condition: TraitCondition) -> SQL {
        let name = EventTraits.clean(condition.name)
        if condition.comparison == .equal {
            // Containment, which the index on traits answers.
            let document = JSONValue.object([JSONValue.Member(name, EventTraits.value(condition.value))]).text
            return "traits @> \(JSONB(document))"
        }
        let type = condition.value.type
        let stored: SQL = "traits -> \(name) ->> \(type.name)"
        let order = comparisonOperator(condition.comparison)
        switch condition.value {
        case .text(let text): return "(\(stored)) COLLATE \"C\" \(order) \(EventTraits.clean(text)) COLLATE \"C\""
        case .int(let number): return "(\(stored))::numeric \(order) \(number)::numeric"
        case .float(let number): return "(\(stored))::float8 \(order) \(number)"
        case .datetime(let instant):
            return "(\(stored)) COLLATE \"C\" \(order) \(EventTraits.timeText(instant)) COLLATE \"C\""
        }
    }

    private static func comparisonOperator(_ comparison: TraitCondition.Comparison) -> SQL {
        switch comparison {
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}
