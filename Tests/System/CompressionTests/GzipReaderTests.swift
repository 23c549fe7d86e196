import Compression
import Testing

@Suite("Gzip reader")
struct GzipReaderTests {
    /// `printf 'hello hello hello\n' | gzip -n9`
    private static let hello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40,
        0x90,
        0x5C, 0x00, 0x3B, 0x7C, 0x8A, 0xDF, 0x12, 0x00, 0x00, 0x00,
    ]

    @Test("a member expands to its text")
    func oneMember() throws {
        #expect(try String(decoding: GzipReader.expand(Self.hello), as: UTF8.self) == "hello hello hello\n")
    }

    @Test("members one after another are one stream")
    func twoMembers() throws {
        let text = String(decoding: try GzipReader.expand(Self.hello + Self.hello), as: UTF8.self)
        #expect(text == "hello hello hello\nhello hello hello\n")
    }

    @Test("zeros that fill up the last block stand for nothing", arguments: [1, 511, 100_000])
    func padding(count: Int) throws {
        let zeros = [UInt8](repeating: 0, count: count)
        let text = String(decoding: try GzipReader.expand(Self.hello + zeros + Self.hello + zeros), as: UTF8.self)
        #expect(text == "hello hello hello\nhello hello hello\n")
    }

    @Test("zeros before the data, and other bytes after it, are damage")
    func garbage() {
        #expect(throws: GzipError.self) { try GzipReader.expand([0] + Self.hello) }
        #expect(throws: GzipError.self) { try GzipReader.expand(Self.hello + [0, 1, 0]) }
    }

    @Test("what came before the damage is handed over")
    func beforeDamage() throws {
        var data = Self.hello
        data[Self.hello.count - 1] ^= 1
        let reader = try GzipReader()
        var output: [UInt8] = []
        #expect(throws: GzipError.self) {
            try data.withUnsafeBytes { input in try reader.expand(input) { output.append(contentsOf: $0) } }
        }
        #expect(String(decoding: output, as: UTF8.self) == "hello hello hello\n")
    }

    @Test("data may come byte by byte")
    func byteByByte() throws {
        let reader = try GzipReader()
        var output: [UInt8] = []
        for byte in Self.hello {
            try withUnsafeBytes(of: byte) { piece in try reader.expand(piece) { output.append(contentsOf: $0) } }
        }
        try reader.finish()
        #expect(String(decoding: output, as: UTF8.self) == "hello hello hello\n")
    }

    @Test("data that ends early is refused", arguments: [1, 10, 20, 28])
    func truncated(length: Int) {
        #expect(throws: GzipError(code: .truncated, text: "")) {
            try GzipReader.expand(Array(Self.hello.prefix(length)))
        }
    }

    @Test("every single damaged byte of the content is noticed")
    func damaged() {
        for place in 10..<Self.hello.count {
            var data = Self.hello
            data[place] ^= 0x40
            #expect(throws: GzipError.self, "byte \(place)") { try GzipReader.expand(data) }
        }
    }

    @Test("data that is no gzip is refused")
    func notGzip() {
        #expect(throws: GzipError.self) { try GzipReader.expand(Array("{\"a\": 1}".utf8)) }
    }
}
