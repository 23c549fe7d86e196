import Documents
import Testing

struct UnitTests {
    @Test(
        "a duration is read with its units and written in the shortest spelling",
        arguments: [
            ("30s", Duration.seconds(30), "30s"), ("90m", .seconds(5_400), "1h30m"),
            ("1h30m", .seconds(5_400), "1h30m"),
            ("250ms", .milliseconds(250), "250ms"), ("7d", .seconds(604_800), "7d"),
            ("10us", .microseconds(10), "10us"),
            ("0s", .zero, "0s"),
        ])
    func durations(text: String, duration: Duration, spelling: String) {
        #expect(Duration(text: text) == duration)
        #expect(duration.text == spelling)
    }

    @Test(
        "what is no duration gives nil",
        arguments: ["", "30", "s", "30 s", "-1s", "1.5h", "1m1h", "1m1m", "99999999d", "1y"])
    func badDurations(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(
        "an amount of bytes is read with its unit and written exactly",
        arguments: [
            ("64MiB", 67_108_864, "64MiB"), ("1kB", 1_000, "1000B"), ("2 GiB", 2_147_483_648, "2GiB"), ("0B", 0, "0B"),
            ("1536KiB", 1_572_864, "1536KiB"),
        ])
    func byteCounts(text: String, bytes: Int, spelling: String) {
        #expect(ByteCount(text: text)?.bytes == bytes)
        #expect(ByteCount(bytes).text == spelling)
    }

    @Test(
        "what is no amount of bytes gives nil",
        arguments: ["", "64", "MiB", "1.5GiB", "-1B", "64mib", "99999999999TiB"])
    func badByteCounts(text: String) {
        #expect(ByteCount(text: text) == nil)
    }

    @Test(
        "a text is spelt so that a reader gets it back, plain where that is safe",
        arguments: [
            ("postgresql:///nephoscope", "postgresql:///nephoscope"), ("127.0.0.1:8041", "\"127.0.0.1:8041\""),
            ("localhost:9092", "localhost:9092"), ("", "\"\""), ("no", "\"no\""), ("12", "\"12\""),
            ("a: b", "\"a: b\""),
            ("é\n\u{1b}\"", "\"é\\n\\u001b\\\"\""), ("a:", "\"a:\""), ("-x", "\"-x\""), ("/var/lib", "/var/lib"),
        ])
    func spellings(text: String, spelling: String) throws {
        #expect(YAMLText.scalar(text) == spelling)
        #expect(try Document.read(spelling, named: "t") { $0.string() } == text)
    }
}
