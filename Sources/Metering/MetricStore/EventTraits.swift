internal import JSON
internal import Postgres
internal import Telemetry

/// The traits of an event as the database holds them: `{"host": {"text": "c1"}, "vcpus": {"int": 2}}`.
enum EventTraits {
    static func document(_ traits: [Trait]) -> JSONB {
        JSONB(JSONValue.object(traits.map { JSONValue.Member(clean($0.name), value($0.value)) }).text)
    }

    /// The traits in the order of their names.
    static func traits(_ document: JSONB) throws(EventStoreError) -> [Trait] {
        let tree: JSONValue
        do {
            tree = try JSONValue(parsing: document.text)
        } catch {
            throw .malformedTraits
        }
        guard case .object(let members) = tree else { throw .malformedTraits }
        var traits: [Trait] = []
        traits.reserveCapacity(members.count)
        for member in members {
            guard let value = TraitValue(stored: member.value) else { throw .malformedTraits }
            traits.append(Trait(member.key, value))
        }
        return traits.sorted { $0.name < $1.name }
    }

    /// The object of one value: its type's name and the value.
    static func value(_ value: TraitValue) -> JSONValue {
        .object([JSONValue.Member(value.type.name, stored(value))])
    }

    private static func stored(_ value: TraitValue) -> JSONValue {
        switch value {
        case .text(let text): .string(clean(text))
        case .int(let number): .int(number)
        // JSON has no word for infinity and what is not a number; `numeric` reads these spellings.
        case .float(let number): number.isFinite ? .double(number) : .string("\(number)")
        case .datetime(let instant): .string(timeText(instant))
        }
    }

    /// ISO 8601 in UTC with all nine digits: the order of such texts is the order in time.
    static func timeText(_ instant: Instant) -> String {
        instant.formatted(separator: "T", fractionDigits: 9, offset: "Z")
    }

    /// PostgreSQL's text holds every character but U+0000, for which the replacement character then stands.
    static func clean(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}

extension TraitType {
    /// The type's name in the database and in queries.
    package var name: String {
        switch self {
        case .text: "text"
        case .int: "int"
        case .float: "float"
        case .datetime: "datetime"
        }
    }
}

extension TraitValue {
    init?(stored value: JSONValue) {
        guard case .object(let members) = value, members.count == 1, let member = members.first else { return nil }
        switch (member.key, member.value) {
        case (TraitType.text.name, .string(let text)): self = .text(text)
        case (TraitType.int.name, .int(let number)): self = .int(number)
        case (TraitType.float.name, .int(let number)): self = .float(Double(number))
        case (TraitType.float.name, .double(let number)): self = .float(number)
        case (TraitType.float.name, .string(let text)):
            guard let number = Double(text) else { return nil }
            self = .float(number)
        case (TraitType.datetime.name, .string(let text)):
            guard let instant = Instant(text) else { return nil }
            self = .datetime(instant)
        default: return nil
        }
    }
}
