import JSON
import TestKit
import Testing

@testable import nepho

struct OutputTests {
    private let listing = Listing(
        [
            ["id": "a", "size": 5, "note": "plain", "tags": ["x", "y"]],
            [
                "id": "b, \"quoted\"", "size": 12.5, "note": "two words that are rather long for a cell",
                "tags": [["k": 1]],
            ],
            ["id": "c", "size": nil, "note": "bell\u{7} and \u{1b}[31mred"],
        ], of: Thing.self)

    @Test("a list prints alike in every format", arguments: OutputFormat.allCases)
    func formats(format: OutputFormat) throws {
        let text = listing.text(format, maxWidth: nil, isStyled: false)
        let difference = try difference(from: "list.\(format.rawValue)", text)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("a table is narrowed to the terminal by wrapping its widest cells", arguments: [40, 60])
    func narrow(width: Int) throws {
        let text = listing.text(.table, maxWidth: width, isStyled: false)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= max(width, 50) }, "\(text)")
        let difference = try difference(from: "list-\(width).table", text)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("columns are chosen and ordered, and one that isn't there is wrong usage")
    func columns() throws {
        #expect(try listing.selecting(["size", "id"]).columns == ["size", "id"])
        #expect(try listing.selecting(["size"]).rows == [[5], [12.5], [.null]])
        let failure = #expect(throws: CommandFailure.self) { try listing.selecting(["colour"]) }
        #expect(failure?.status == .wrongUsage)
        #expect(failure?.text == "there is no column colour; there are id, size, note, tags")
    }

    @Test("an empty list is a head without rows, an empty list, or nothing")
    func empty() {
        let empty = Listing([], of: Thing.self)
        #expect(empty.text(.json, maxWidth: nil, isStyled: false) == "[]\n")
        #expect(empty.text(.yaml, maxWidth: nil, isStyled: false) == "[]\n")
        #expect(empty.text(.value, maxWidth: nil, isStyled: false) == "")
        #expect(empty.text(.csv, maxWidth: nil, isStyled: false) == "id,size,note,tags\r\n")
    }

    @Test(
        "a progress bar fills with the file",
        arguments: [
            (0.0, "[          ]   0 % 5 messages, 7/s"), (0.55, "[#####     ]  55 % 5 messages, 7/s"),
            (1.7, "[##########] 100 % 5 messages, 7/s"),
        ])
    func progress(fraction: Double, line: String) {
        #expect(ProgressBar.line(fraction: fraction, width: 10, messages: 5, perSecond: 7.9) == line)
    }

    @Test(
        "a condition is a trait, an operator and a value",
        arguments: [
            ("a=b", "a", "eq", nil, "b"), ("a>=5", "a", "ge", nil, "5"), ("a!=b=c", "a", "ne", nil, "b=c"),
            ("size:integer<3", "size", "lt", "integer", "3"), ("x:y=1", "x:y", "eq", nil, "1"),
        ] as [(String, String, String, String?, String)])
    func conditions(text: String, field: String, comparison: String, type: String?, value: String) throws {
        let condition = try EventCondition(text)
        #expect(condition.field == field)
        #expect(condition.comparison == comparison)
        #expect(condition.type == type)
        #expect(condition.value == value)
    }

    @Test("what is no condition is wrong usage", arguments: ["", "a", "=b"])
    func badConditions(text: String) {
        #expect(throws: CommandFailure.self) { try EventCondition(text) }
    }

    private enum Thing: Listed {
        static let columns = [Column("id"), Column("size"), Column("note"), Column("tags")]
    }
}
