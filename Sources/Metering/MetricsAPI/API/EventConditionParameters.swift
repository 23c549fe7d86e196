import APIKit
import MetricStore
import Telemetry

/// Panko's conditions in a query: each group begins with `q.field`, and `q.op`, `q.type` and `q.value` belong to it.
///
/// `start_timestamp`, `end_timestamp`, `event_type` and `message_id` are fields of the event, all others are traits.
struct EventConditionParameters {
    private struct Group {
        let field: String
        var comparison = "eq"
        var type = "string"
        var value: String?
    }

    private var groups: [Group] = []

    /// Collects the groups in their order; `query` learns of the parameters and of their problems.
    init(_ items: [APIRequest.QueryItem], _ query: QueryReader) {
        for name in ["q.field", "q.op", "q.type", "q.value"] { _ = query.strings(name) }
        for item in items where item.name.hasPrefix("q.") {
            if item.name == "q.field" {
                groups.append(Group(field: item.value))
                continue
            }
            guard var group = groups.popLast() else {
                query.report("\(item.name) comes before its q.field")
                return
            }
            switch item.name {
            case "q.op": group.comparison = item.value
            case "q.type": group.type = item.value.isEmpty ? "string" : item.value
            case "q.value": group.value = item.value
            default: break
            }
            groups.append(group)
        }
    }

    /// Adds the conditions to a query of events.
    func apply(to events: inout EventQuery) throws(Fault) {
        for group in groups {
            guard let text = group.value else { throw .badRequest("q.value of \(group.field) is missing") }
            guard let comparison = TraitCondition.Comparison(rawValue: group.comparison) else {
                let words = TraitCondition.Comparison.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badRequest("q.op of \(group.field): expected one of \(words)")
            }
            switch group.field {
            case "event_type":
                guard comparison == .equal else { throw .badRequest("event_type takes the q.op eq only") }
                events.typePattern = text
            case "start_timestamp":
                events.from = try Self.instant(text, of: group.field)
            case "end_timestamp":
                events.to = try Self.instant(text, of: group.field)
            default:
                events.traits.append(TraitCondition(group.field, comparison, try Self.value(text, group)))
            }
        }
    }

    private static func value(_ text: String, _ group: Group) throws(Fault) -> TraitValue {
        switch group.type {
        case "string", "text": return .text(text)
        case "integer", "int":
            if let number = Int64(text) { return .int(number) }
        case "float":
            if let number = Double(text), number.isFinite { return .float(number) }
        case "datetime": return .datetime(try instant(text, of: group.field))
        default: throw .badRequest("q.type of \(group.field): expected string, integer, float or datetime")
        }
        throw .badRequest("q.value of \(group.field) is no \(group.type)")
    }

    private static func instant(_ text: String, of field: String) throws(Fault) -> Instant {
        guard let instant = Instant(text) else {
            throw .badRequest("q.value of \(field) is no time such as 2026-11-01T00:00:00Z")
        }
        return instant
    }
}
