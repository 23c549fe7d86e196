import JSON

/// Writes JSON for people: two spaces a level, a member a line.
enum IndentedJSON {
    static func text(_ value: JSONValue) -> String {
        var text = ""
        write(value, indent: "", to: &text)
        return text + "\n"
    }

    private static func write(_ value: JSONValue, indent: String, to text: inout String) {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where !elements.isEmpty:
            write("[", "]", elements, indent: indent, to: &text) { element, text in
                write(element, indent: inner, to: &text)
            }
        case .object(let members) where !members.isEmpty:
            write("{", "}", members, indent: indent, to: &text) { member, text in
                text += JSONValue.string(member.key).text + ": "
                write(member.value, indent: inner, to: &text)
            }
        default:
            text += value.text
        }
    }

    private static func write<Part>(
        _ open: String, _ close: String, _ parts: [Part], indent: String, to text: inout String,
        _ body: (Part, inout String) -> Void
    ) {
        text += open
        for (index, part) in parts.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + indent + "  "
            body(part, &text)
        }
        text += "\n" + indent + close
    }
}
