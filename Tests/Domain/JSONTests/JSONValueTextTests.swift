import JSON
import Testing

@Suite("JSON text")
struct JSONValueTextTests {
    @Test("a value is written without white space, in the order of its members")
    func writing() {
        let value: JSONValue = ["b": [1, 2.5, true, nil], "a": "x\"\\\n\u{1}é😀/", "c": [:], "d": []]
        #expect(value.text == #"{"b":[1,2.5,true,null],"a":"x\"\\\n\u0001é😀/","c":{},"d":[]}"#)
    }

    @Test(
        "numbers keep their value through text",
        arguments: [0.1, 1e21, -0.0, .leastNonzeroMagnitude, 1.7976931348623157e308, 100] as [Double])
    func numbers(_ number: Double) throws {
        let text = JSONValue.double(number).text
        #expect(try JSONValue(parsing: text).number?.bitPattern == number.bitPattern)
    }

    @Test("what is not a number in JSON is written as null", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ number: Double) {
        #expect(JSONValue.array([.double(number)]).text == "[null]")
    }
}
