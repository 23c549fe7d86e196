import JSON

/// The operators on text in backquotes: `split(., 1, -1)` and `sub(/pattern/, replacement)`.
enum TextOperators {
    private static let splitForm = #"split\((.),\s+(\d+),\s+(\d+|-1)\)"#
    private static let substitutionForm = #"sub\(/(.*)/,\s+(.*)\)"#

    /// The operator that the text spells; nil where it spells it wrongly.
    static func split(_ text: String) throws(PatternSyntaxError) -> PathExpression? {
        guard let groups = try groups(splitForm, in: text), let segment = Int(groups[1]), let limit = Int(groups[2])
        else {
            return nil
        }
        return .split(separator: groups[0], segment: segment, limit: limit)
    }

    /// The operator that the text spells; nil where it spells it wrongly.
    static func substitution(_ text: String) throws(PatternSyntaxError) -> PathExpression? {
        guard let groups = try groups(substitutionForm, in: text) else { return nil }
        let pattern = try Pattern(PythonText.stripped(groups[0]))
        return .substitute(pattern, try Replacement(PythonText.stripped(groups[1]), groupCount: pattern.groupCount))
    }

    private static func groups(_ form: String, in text: String) throws(PatternSyntaxError) -> [String]? {
        let pattern = try Pattern(form)
        do throws(PatternOverrun) {
            guard let match = try pattern.match(text) else { return nil }
            return (1...match.groupCount).map { match.group($0) ?? "" }
        } catch {
            throw PatternSyntaxError(message: "the operator is too long", position: 0)
        }
    }

    /// Whether a text occurs in another, as Python's `in` tells.
    static func contains(_ text: String, _ part: String) -> Bool {
        pieces(of: text, separator: part, limit: 1).count > 1
    }

    /// The pieces of a text as Python's `str.split` gives them; a negative limit is none.
    static func pieces(of text: String, separator: String, limit: Int) -> [String] {
        let text = Array(text.unicodeScalars)
        let separator = Array(separator.unicodeScalars)
        precondition(!separator.isEmpty, "definitions with an empty separator are refused")
        var pieces: [String] = []
        var start = 0
        var place = 0
        while place + separator.count <= text.count, limit < 0 || pieces.count < limit {
            if text[place..<place + separator.count].elementsEqual(separator) {
                pieces.append(String(String.UnicodeScalarView(text[start..<place])))
                place += separator.count
                start = place
            } else {
                place += 1
            }
        }
        pieces.append(String(String.UnicodeScalarView(text[start...])))
        return pieces
    }
}
