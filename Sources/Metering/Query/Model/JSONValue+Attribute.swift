import JSON

extension JSONValue {
    /// A member's value as text, as PostgreSQL's `->>` gives it: text without quotes, anything else as JSON; nil for
    /// null.
    func attributeText(_ name: String) -> String? {
        switch members?.last(where: { $0.key == name })?.value {
        case nil, .null?: nil
        case .string(let text)?: text
        case let value?: value.text
        }
    }
}
