import Telemetry
import Testing

@Suite("The text of an instant")
struct InstantTextTests {
    @Test(
        "reads the spellings that OpenStack's services send",
        arguments: [
            ("2026-11-23T19:03:19", 1_795_460_599_000_000_000), ("2026-11-23 19:03:19", 1_795_460_599_000_000_000),
            ("2026-11-23T19:03:19Z", 1_795_460_599_000_000_000),
            ("2026-11-23T19:03:19.155489", 1_795_460_599_155_489_000),
            ("2026-11-23 19:03:19.155489+00:00", 1_795_460_599_155_489_000),
            ("2026-11-23T19:03:19.1554891239", 1_795_460_599_155_489_123),
            ("2026-11-23T20:03:19+01:00", 1_795_460_599_000_000_000),
            ("2026-11-23T20:03:19+0100", 1_795_460_599_000_000_000),
            ("2026-11-23T14:33:19-04:30", 1_795_460_599_000_000_000),
            ("2026-11-23T20:03:19+01", 1_795_460_599_000_000_000),
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999999Z", -1),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
        ])
    func reads(text: String, nanoseconds: Int64) {
        #expect(Instant(text)?.nanoseconds == nanoseconds)
    }

    @Test(
        "refuses what is no instant",
        arguments: [
            "", "2026", "2026-11-23", "2026-11-23T19:03", "2026-13-01T00:00:00", "2026-02-29T00:00:00",
            "2026-11-31T00:00:00", "2026-11-23T24:00:00", "2026-11-23T19:60:00", "2026-11-23T19:03:60",
            "2026-11-23T19:03:19.", "2026-11-23T19:03:19.Z", "2026-11-23T19:03:19+1", "2026-11-23T19:03:19+24:00",
            "2026-11-23T19:03:19 ", "2026-11-23t19:03:19", "0000-01-01T00:00:00", "2400-01-01T00:00:00",
            "1676-01-01T00:00:00", "2026-11-23T19:03:19Zx", "２026-11-23T19:03:19",
        ])
    func refuses(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test("writes what it reads", arguments: UInt64(1)...200)
    func roundTrip(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let unit: Int64 = [1_000_000_000, 1_000_000, 1_000, 1].randomElement(using: &random) ?? 1
        let limit = 9_000_000_000_000_000_000 / unit
        let instant = Instant(nanoseconds: .random(in: -limit...limit, using: &random) * unit)
        #expect(Instant(instant.text) == instant, "\(instant.text), seed \(seed)")
    }

    @Test("writes no more digits of the second than it needs")
    func digits() {
        #expect(Instant(seconds: 0).text == "1970-01-01T00:00:00Z")
        #expect(Instant(milliseconds: 1_500).text == "1970-01-01T00:00:01.500Z")
        #expect(Instant(nanoseconds: 1_000).text == "1970-01-01T00:00:00.000001Z")
        #expect(Instant(nanoseconds: -1).text == "1969-12-31T23:59:59.999999999Z")
    }

    @Test("windows are aligned to 1970, before it too")
    func floor() {
        #expect(Instant(seconds: 61).floor(to: .seconds(60)) == Instant(seconds: 60))
        #expect(Instant(seconds: -1).floor(to: .seconds(60)) == Instant(seconds: -60))
        #expect(Instant(seconds: -60).floor(to: .seconds(60)) == Instant(seconds: -60))
    }

    @Test("arithmetic at the ends of time stops there and never traps")
    func ends() {
        let first = Instant(nanoseconds: .min)
        let last = Instant(nanoseconds: .max)
        #expect(last - first == .nanoseconds(Int64.max) - .nanoseconds(Int64.min))
        #expect((last - first).nanoseconds == .max)
        #expect((first - last).nanoseconds == .min)
        #expect(first - .seconds(1) == first && first + .seconds(-1) == first)
        #expect(last + .seconds(1) == last && last - .seconds(-1) == last)
        #expect(last + .seconds(Int64.max) == last && first + .seconds(Int64.min) == first)
        #expect(first.floor(to: .microseconds(1)) == first && first.floor(to: .seconds(86_400)) == first)
        #expect(Instant(seconds: .max) == last && Instant(milliseconds: .min) == first)
        #expect(Duration.nanoseconds(Int64.min).nanoseconds == .min && Duration.seconds(-300 * 31_557_600).nanoseconds == .min)
        #expect(Instant(seconds: 7) - Instant(seconds: 9) == .seconds(-2))
    }
}
