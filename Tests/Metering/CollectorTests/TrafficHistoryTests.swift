import Libvirt
import Telemetry
import Testing

@testable import Collector

@Suite("Deltas and rates of interfaces")
struct TrafficHistoryTests {
    let start = Instant(seconds: 1_000)
    let domain = DomainID("d")
    let other = DomainID("e")

    @Test("the first reading has neither, the next has both")
    func rates() {
        var history = TrafficHistory()
        #expect(history.change(of: "i", in: domain, incoming: 100, outgoing: 50, at: start) == nil)
        let change = history.change(of: "i", in: domain, incoming: 400, outgoing: 50, at: start + .seconds(10))
        #expect(change?.incoming == 300)
        #expect(change?.incomingRate == 30)
        #expect(change?.outgoing == 0)
        #expect(change?.outgoingRate == 0)
    }

    @Test("a counter that fell was restarted, and what it shows came since then")
    func restart() {
        var history = TrafficHistory()
        _ = history.change(of: "i", in: domain, incoming: 1_000, outgoing: 1_000, at: start)
        let change = history.change(of: "i", in: domain, incoming: 20, outgoing: 1_010, at: start + .seconds(10))
        #expect(change?.incoming == 20)
        #expect(change?.outgoing == 10)
        #expect(
            history.change(of: "i", in: domain, incoming: 30, outgoing: 1_010, at: start + .seconds(20))?.incoming == 10
        )
    }

    @Test("a clock that was set back gives no rate, and the next reading has one again")
    func clock() {
        var history = TrafficHistory()
        _ = history.change(of: "i", in: domain, incoming: 100, outgoing: 0, at: start)
        #expect(history.change(of: "i", in: domain, incoming: 200, outgoing: 0, at: start - .seconds(5)) == nil)
        #expect(history.change(of: "i", in: domain, incoming: 200, outgoing: 0, at: start - .seconds(5)) == nil)
        #expect(history.change(of: "i", in: domain, incoming: 250, outgoing: 0, at: start)?.incoming == 50)
    }

    @Test("an interface that was forgotten begins anew")
    func forgotten() {
        var history = TrafficHistory()
        _ = history.change(of: "i", in: domain, incoming: 100, outgoing: 0, at: start)
        _ = history.change(of: "j", in: other, incoming: 100, outgoing: 0, at: start)
        history.keep([other])
        #expect(history.change(of: "i", in: domain, incoming: 200, outgoing: 0, at: start + .seconds(1)) == nil)
        #expect(
            history.change(of: "j", in: other, incoming: 200, outgoing: 0, at: start + .seconds(1))?.incoming == 100)
    }

    @Test("a reading that comes after a younger one is passed over")
    func overtaken() {
        var history = TrafficHistory()
        _ = history.change(of: "i", in: domain, incoming: 100, outgoing: 0, at: start)
        #expect(
            history.change(of: "i", in: domain, incoming: 300, outgoing: 0, at: start + .seconds(9))?.incoming == 200)
        #expect(history.change(of: "i", in: domain, incoming: 250, outgoing: 0, at: start + .seconds(8)) == nil)
        #expect(
            history.change(of: "i", in: domain, incoming: 400, outgoing: 0, at: start + .seconds(19))?.incoming == 100)
    }
}
