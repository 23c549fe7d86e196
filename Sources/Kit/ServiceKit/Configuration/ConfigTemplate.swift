/// Writes the default file: every section and key with its comment above it.
struct ConfigTemplate {
    let about: String
    let sections: [(name: String, about: String)]
    let keys: [ConfigKey]

    /// Comments are wrapped here, as code is.
    private static let width = 100

    var text: String {
        var text = Self.comment(about, indent: "")
        for section in sections {
            text += "\n" + Self.comment(section.about, indent: "") + section.name + ":\n"
            for key in keys where key.section == section.name {
                text += Self.comment(key.about, indent: "  ")
                text += key.defaultText.map { "  \(key.key): \($0)\n" } ?? "  #\(key.key):\n"
            }
        }
        return text
    }

    /// The text as comment lines; its own line breaks are kept, longer lines are wrapped at spaces.
    private static func comment(_ text: String, indent: String) -> String {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = indent + "#"
            for word in paragraph.split(separator: " ") {
                if line.count + word.count + 1 > width, line.count > indent.count + 1 {
                    lines.append(line)
                    line = indent + "#"
                }
                line += " " + word
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
