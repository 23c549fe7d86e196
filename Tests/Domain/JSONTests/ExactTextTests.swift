import JSON
import Testing

@Suite("Texts by their bytes")
struct ExactTextTests {
    /// One letter as Swift sees it, two texts of different bytes; and two of one length.
    private static let pairs = [
        ("\u{e9}", "e\u{301}"), ("\u{212A}", "K"), ("a\u{323}\u{301}xxxxxxxxxxxx", "a\u{301}\u{323}xxxxxxxxxxxx"),
    ]

    @Test("canonically equivalent texts of different bytes are two", arguments: pairs)
    func different(_ left: String, _ right: String) {
        #expect(left == right)
        #expect(!left.isExactly(right))
        #expect(Set([ExactText(left), ExactText(right), ExactText(left)]).count == 2)
        #expect(JSONValue.string(left) != .string(right))
        #expect(Set([JSONValue.object([.init(left, 1)]), .object([.init(right, 1)])]).count == 2)
    }

    @Test("texts of the same bytes are one", arguments: ["", "a", "seventeen letters", "é", "e\u{301}", "a\0b"])
    func same(_ text: String) {
        let copy = String(decoding: Array(text.utf8), as: UTF8.self)
        #expect(text.isExactly(copy))
        #expect(ExactText(text).hashValue == ExactText(copy).hashValue)
        #expect(JSONValue.string(text).hashValue == JSONValue.string(copy).hashValue)
        for place in text.utf8.indices.dropLast() {
            #expect(!text.isExactly(String(decoding: text.utf8[...place], as: UTF8.self)))
        }
    }

    @Test("a prefix counts although an accent follows it")
    func prefix() {
        #expect("metering.\u{301}x".startsExactly(with: "metering."))
        #expect(!"metering".startsExactly(with: "metering."))
        #expect(!"e\u{301}".startsExactly(with: "\u{e9}"))
    }

    @Test("members whose keys differ in their bytes are all kept, and found")
    func members() throws {
        let value = try JSONValue(parsing: #"{"\u00e9": 1, "e\u0301": 2, "\u00e9": 3}"#)
        #expect(value.members?.map(\.value) == [3, 2])
        #expect(value["\u{e9}"] == 3)
        #expect(value["e\u{301}"] == 2)
    }

    @Test(
        "of a repeated key the last value stands at the first one's place, in small and large objects",
        arguments: [2, 15, 16, 17, 18, 40])
    func repeated(count: Int) throws {
        let keys = (0..<count).map { "k\($0)" }
        let text = "{" + (keys + keys.reversed()).enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",") + "}"
        let expected = (0..<count).map { JSONValue.Member("k\($0)", .int(Int64(2 * count - 1 - $0))) }
        let root = try JSONDocument(parsing: text).root
        #expect(root.value == .object(expected))
        #expect(root.uniqueMembers.map { JSONValue.Member($0.key, $0.value.value) } == expected)
    }

    @Test("an object of a hundred thousand members is read; by comparing each with each it would not come to an end")
    func large() throws {
        let text = "{" + (0..<100_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try JSONValue(parsing: text).members?.count == 100_000)
    }
}
