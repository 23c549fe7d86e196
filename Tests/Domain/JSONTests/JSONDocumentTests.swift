import JSON
import Testing

@Suite("JSON documents")
struct JSONDocumentTests {
    @Test("a document of every kind reads back as its values")
    func everyKind() throws {
        let text = #"{"a": [1, -2.5, true, false, null, "x\n"], "b": {"c": {}}, "d": [], "": 0}"#
        let root = try JSONDocument(parsing: text).root
        #expect(
            root.value == [
                "a": [1, -2.5, true, false, nil, "x\n"], "b": ["c": [:]], "d": [], "": 0,
            ])
        #expect(root["a"]?[1]?.double == -2.5)
        #expect(root["a"]?[5]?.string == "x\n")
        #expect(root["a"]?[6]?.kind == nil)
        #expect(root["b"]?["c"]?.kind == .object)
        #expect(root["missing"]?.kind == nil)
        #expect(root[""]?.int == 0)
        #expect(root["d"]?[0]?.kind == nil)
    }

    @Test("of repeated keys the last counts, also where one of them is written with escapes")
    func repeatedKeys() throws {
        let root = try JSONDocument(parsing: #"{"a":1,"b":2,"\u0061":3,"c":{"a":9}}"#).root
        #expect(root["a"]?.int == 3)
        #expect(root.members.map(\.key) == ["a", "b", "a", "c"])
        #expect(root.value == .object([.init("a", 3), .init("b", 2), .init("c", ["a": 9])]))
    }

    @Test(
        "escapes and surrogate pairs give their characters",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\uDE00""#, "😀"),
            ("\"é€😀\"", "é€😀"), (#""a\u0000b""#, "a\0b"), (#""12345678\"12345678""#, "12345678\"12345678"),
        ])
    func escapes(_ text: String, _ value: String) throws {
        #expect(try JSONDocument(parsing: text).root.string == value)
    }

    @Test(
        "numbers are exact",
        arguments: [
            ("0", 0), ("-0.0", -0.0), ("1e2", 100), ("1E+2", 100), ("12.5e-1", 1.25), ("0.1", 0.1),
            ("123456789012345678901234567890", 1.2345678901234568e29), ("9007199254740993", 9_007_199_254_740_992),
            ("2.2250738585072011e-308", Double(bitPattern: 0x000F_FFFF_FFFF_FFFF)),
            ("4.9e-324", Double.leastNonzeroMagnitude),
            ("1.7976931348623157e308", 1.7976931348623157e308), ("0.30000000000000004", 0.30000000000000004),
            ("3.14159265358979323846264338327950288", 3.141592653589793), ("1e-400", 0),
        ] as [(String, Double)])
    func doubles(_ text: String, _ value: Double) throws {
        let number = try #require(try JSONDocument(parsing: text).root.double)
        #expect(number.bitPattern == value.bitPattern)
    }

    @Test(
        "integers that fit are exact and the others are none",
        arguments: [
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil), ("1.0", nil),
            ("-0", 0), ("1e3", nil),
        ] as [(String, Int64?)])
    func integers(_ text: String, _ value: Int64?) throws {
        #expect(try JSONDocument(parsing: text).root.int == value)
    }

    @Test(
        "a broken text is refused with its reason and place",
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("{", .unexpectedEnd, 1), ("[1,]", .unexpectedByte, 3),
            ("{\"a\":1,}", .unexpectedByte, 7), ("{\"a\" 1}", .unexpectedByte, 5), ("[1 2]", .unexpectedByte, 3),
            ("{1:2}", .unexpectedByte, 1), ("1 1", .trailingBytes, 2), ("[]]", .trailingBytes, 2),
            ("nul", .unexpectedEnd, 3),
            ("nulx", .unexpectedByte, 3), ("01", .invalidNumber, 0), ("-", .unexpectedEnd, 1),
            ("1.", .unexpectedEnd, 2),
            ("1.x", .invalidNumber, 2), (".5", .unexpectedByte, 0), ("+1", .unexpectedByte, 0),
            ("1e", .unexpectedEnd, 2),
            ("1e400", .numberOutOfRange, 0), ("NaN", .unexpectedByte, 0), ("-Infinity", .invalidNumber, 1),
            ("\"abc", .unexpectedEnd, 4), ("\"a\nb\"", .controlCharacter, 2), (#""\x""#, .invalidEscape, 1),
            (#""\u12g4""#, .invalidEscape, 1), (#""\u12"#, .unexpectedEnd, 5), (#""\ud800""#, .loneSurrogate, 1),
            (#""\udc00""#, .loneSurrogate, 1), (#""\ud800\u0041""#, .loneSurrogate, 1), ("\"\\", .unexpectedEnd, 2),
            ("\u{FEFF}1", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0), ("[1}", .unexpectedByte, 2),
        ] as [(String, JSONError.Reason, Int)])
    func broken(_ text: String, _ reason: JSONError.Reason, _ position: Int) {
        #expect(throws: JSONError(reason, at: position)) { try JSONDocument(parsing: text) }
    }

    @Test(
        "bytes that are not UTF-8 are refused at their place",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func notUTF8(_ bytes: [UInt8]) {
        let text = Array("\"ab".utf8) + bytes + Array("\"".utf8)
        #expect(throws: JSONError(.invalidUTF8, at: 3)) { try JSONDocument(parsing: text) }
    }

    @Test("the Python grammar reads what Python's writers send")
    func pythonGrammar() throws {
        let limits = JSONLimits(grammar: .python)
        let root = try JSONDocument(
            parsing: #"[NaN, Infinity, -Infinity, 1e999, "\ud800x", "\udc00", -1]"#, limits: limits
        ).root
        #expect(root[0]?.double?.isNaN == true)
        #expect(root[1]?.double == .infinity)
        #expect(root[2]?.double == -.infinity)
        #expect(root[3]?.double == .infinity)
        #expect(root[4]?.string == "\u{FFFD}x")
        #expect(root[5]?.string == "\u{FFFD}")
        #expect(root[6]?.int == -1)
        #expect(throws: JSONError(.unexpectedByte, at: 3)) { try JSONDocument(parsing: "-Inx", limits: limits) }
    }

    @Test("size and depth have limits")
    func limits() throws {
        let limits = JSONLimits(sizeLimit: 8, depthLimit: 3)
        #expect(throws: JSONError(.tooLarge, at: 8)) { try JSONDocument(parsing: "123456789", limits: limits) }
        #expect(throws: JSONError(.tooDeep, at: 3)) { try JSONDocument(parsing: "[[[[]]]]", limits: limits) }
        #expect(try JSONDocument(parsing: "[[[]]]", limits: limits).root.value == [[[]]])
        let bomb = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError(.tooDeep, at: JSONLimits.defaultDepthLimit)) { try JSONDocument(parsing: bomb) }
    }

    @Test("a string's raw text stays escaped and its bytes do not")
    func rawText() throws {
        let root = try JSONDocument(parsing: #"{"a":"{\"b\": 1}"}"#).root
        let inner = try #require(root["a"])
        #expect(inner.withText { String(decoding: $0, as: UTF8.self) } == #"{\"b\": 1}"#)
        #expect(try JSONDocument(parsing: try #require(inner.stringBytes)).root["b"]?.int == 1)
        #expect(root.withText { $0.count } == 18)
    }
}
