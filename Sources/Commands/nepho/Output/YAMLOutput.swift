import Documents
import JSON

/// Writes a value as a YAML document in block style.
enum YAMLOutput {
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .array(let elements) where !elements.isEmpty: lines(elements, indent: "")
        case .object(let members) where !members.isEmpty: lines(members, indent: "")
        default: scalar(value) + "\n"
        }
    }

    private static func lines(_ elements: [JSONValue], indent: String) -> String {
        elements.map { element in
            guard let nested = nested(element, indent: indent + "  ") else { return "\(indent)- \(scalar(element))\n" }
            return indent + "- " + nested.dropFirst(indent.count + 2)
        }.joined()
    }

    private static func lines(_ members: [JSONValue.Member], indent: String) -> String {
        members.map { member in
            let key = indent + YAMLText.scalar(member.key) + ":"
            guard let nested = nested(member.value, indent: indent + "  ") else {
                return "\(key) \(scalar(member.value))\n"
            }
            return key + "\n" + nested
        }.joined()
    }

    /// The lines of a list or mapping that isn't empty; nil for what fits on the line.
    private static func nested(_ value: JSONValue, indent: String) -> String? {
        switch value {
        case .array(let elements) where !elements.isEmpty: lines(elements, indent: indent)
        case .object(let members) where !members.isEmpty: lines(members, indent: indent)
        default: nil
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): YAMLText.scalar(text)
        default: value.text
        }
    }
}
