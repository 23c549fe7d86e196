import Logging
import Telemetry
import Testing

@testable import APIKit

struct QueryReaderTests {
    private let now = Instant(seconds: 1_800_000_000)

    @Test(
        "a time is ISO 8601, a date, seconds since 1970 or a duration before now",
        arguments: [
            ("2026-11-23T19:03:19Z", Instant("2026-11-23T19:03:19Z")), ("2026-11-23", Instant("2026-11-23T00:00:00Z")),
            ("1800000000.5", Instant(milliseconds: 1_800_000_000_500)), ("-1h30m", Instant(seconds: 1_799_994_600)),
            ("0", Instant(seconds: 0)), ("soon", nil), ("1e300", nil), ("nan", nil),
        ])
    func instants(text: String, instant: Instant?) throws {
        #expect(try reader(["start": text]).instant("start") == instant)
    }

    @Test(
        "a duration is seconds or a number with its unit",
        arguments: [
            ("300", Duration.seconds(300)), ("5m", .seconds(300)), ("0.5", .milliseconds(500)), ("0", nil), ("-5", nil),
        ])
    func durations(text: String, duration: Duration?) throws {
        #expect(try reader(["granularity": text]).duration("granularity") == duration)
    }

    @Test("all problems are in the one fault")
    func problems() throws {
        let query = try reader(["limit": "0", "start": "soon", "colour": "blue"])
        _ = PageRequest(query)
        _ = query.instant("start")
        _ = query.required("project")
        let fault = #expect(throws: Fault.self) { try query.check() }
        #expect(
            fault?.text == """
                limit: expected a whole number from 1 to 1000, found "0"; start: expected a time such as \
                2026-01-01T00:00:00Z, seconds since 1970, or -1h, found "soon"; the parameter project is missing; \
                the parameter colour is unknown
                """)
    }

    @Test("a query is split and decoded as forms send it")
    func parsing() {
        let items = [APIRequest.QueryItem](parsing: "q=a%3Db+c&flag&x=1=2&")
        #expect(items?.map { "\($0.name):\($0.value)" } == ["q:a=b c", "flag:", "x:1=2"])
        #expect([APIRequest.QueryItem](parsing: "q=%ff") == nil)
        #expect([APIRequest.QueryItem](parsing: "q=%00") == nil)
    }

    @Test(
        "an address to listen on is a host and a port",
        arguments: [
            ("127.0.0.1:8041", "127.0.0.1:8041"), ("[::1]:0", "[::1]:0"), ("localhost:65535", "localhost:65535"),
            ("::1:80", nil), (":80", nil), ("host", nil), ("host:65536", nil), ("host:x", nil),
        ])
    func addresses(text: String, spelling: String?) {
        #expect(ListenAddress(text)?.text == spelling)
    }

    private func reader(_ items: [String: String]) throws -> QueryReader {
        let query = items.sorted { $0.key < $1.key }.reversed().map {
            APIRequest.QueryItem(name: $0.key, value: $0.value)
        }
        let request = APIRequest(
            id: "req-1", method: "GET", path: "/", query: query, parameters: [:], body: [],
            logger: Logger(label: "test"))
        return QueryReader(request, now: now)
    }
}
