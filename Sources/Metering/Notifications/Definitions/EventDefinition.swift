import JSON
import Telemetry

/// One entry of `event_definitions.yaml`: which notifications it is for and which traits their events get.
struct EventDefinition: Hashable, Sendable {
    let included: [Glob]
    let excluded: [Glob]
    let traits: [TraitDefinition]

    func matches(_ eventType: String) -> Bool {
        included.contains { $0.matches(eventType) } && !excluded.contains { $0.matches(eventType) }
    }
}

/// One trait: where it comes from and of which type it is.
struct TraitDefinition: Hashable, Sendable {
    let field: FieldDefinition
    let type: TraitType

    /// The longest text of a trait, in code points; Ceilometer's databases held no more.
    static let textLengthLimit = 255

    /// The trait of a notification; nil where it has no value, or an empty text that is no text trait.
    func trait(of message: PathValue) throws(ConversionFault) -> Trait? {
        guard let value = try field.first(in: message), !value.isNull else { return nil }
        if type != .text, value.text == "" { return nil }
        return Trait(field.name, try converted(value))
    }

    private func converted(_ value: PathValue) throws(ConversionFault) -> TraitValue {
        switch type {
        case .text:
            return .text(PythonText.prefix(PythonText.text(of: value), Self.textLengthLimit))
        case .int:
            guard case .value(let number) = PythonNumber.integer(value) else { throw .traitNotConvertible }
            return .int(number)
        case .float:
            guard case .value(let number) = PythonNumber.float(value) else { throw .traitNotConvertible }
            return .float(number)
        case .datetime:
            guard let time = value.text.flatMap(ISO8601Time.init) else { throw .traitNotConvertible }
            return .datetime(time.instant)
        }
    }
}
