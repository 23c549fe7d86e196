import Kafka
import Telemetry
import Testing

@testable import MetricsAPI

struct OffsetRatesTests {
    private let partition = TopicPartition("samples", 0)

    @Test("the rate is that of the last minute")
    func rates() {
        var rates = OffsetRates()
        #expect(rates.perSecond(of: partition) == nil)
        rates.add([partition: 0], at: Instant(seconds: 0))
        #expect(rates.perSecond(of: partition) == nil)
        rates.add([partition: 600], at: Instant(seconds: 60))
        #expect(rates.perSecond(of: partition) == 10)
        rates.add([partition: 600], at: Instant(seconds: 120))
        rates.add([partition: 600], at: Instant(seconds: 180))
        #expect(rates.perSecond(of: partition) == 0)
    }

    @Test("an offset that fell, because a topic was made anew, is no negative rate")
    func restart() {
        var rates = OffsetRates()
        rates.add([partition: 500], at: Instant(seconds: 0))
        rates.add([partition: 3], at: Instant(seconds: 10))
        #expect(rates.perSecond(of: partition) == 0)
    }
}
