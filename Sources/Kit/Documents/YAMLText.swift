/// Spells scalars so that a reader of YAML gets the same text back.
package enum YAMLText {
    /// The text plain where that is safe, else in double quotes.
    package static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy(isSafe) && text.utf8.first.map(isSafeFirst) == true && !text.hasSuffix(":")
        let isSexagesimal = text.utf8.allSatisfy { (48...57).contains($0) || "_:.".utf8.contains($0) }  // 1:30, to YAML 1.1
        let kind = DocumentNode(content: .scalar(text, isPlain: true), position: nil).kind
        let words = ["yes", "no", "on", "off", "y", "n"]  // booleans to readers of YAML 1.1
        guard isPlain, !isSexagesimal, kind == .string, !words.contains(text.lowercased()) else { return quoted(text) }
        return text
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_./@-+=%:".utf8.contains(byte)
        }
    }

    private static func isSafeFirst(_ byte: UInt8) -> Bool {
        isSafe(byte) && !"-@%=+.:".utf8.contains(byte)
    }

    /// Double quotes with JSON's escapes, which YAML shares.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
