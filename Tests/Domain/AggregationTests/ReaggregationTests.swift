import Aggregation
import Telemetry
import Testing

@Suite("Aggregates of several metrics")
struct ReaggregationTests {
    private let series = [[at(0, 1), at(60, 2)], [at(60, 4), at(120, 8)], [at(60, 6)]]

    @Test("are combined window by window, missing ones ignored")
    func ignored() {
        #expect(Reaggregation(.sum).combine(series) == [at(0, 1), at(60, 12), at(120, 8)])
        #expect(Reaggregation(.mean).combine(series) == [at(0, 1), at(60, 4), at(120, 8)])
        #expect(Reaggregation(.percentile(50)).combine(series) == [at(0, 1), at(60, 4), at(120, 8)])
        #expect(Reaggregation(.count).combine(series) == [at(0, 1), at(60, 3), at(120, 1)])
        #expect(Reaggregation(.std).combine(series) == [at(60, 2)])
    }

    @Test("take a substitute for each missing one")
    func filled() {
        #expect(Reaggregation(.mean, missing: .filled(0)).combine(series).map(\.value) == [1.0 / 3, 4, 8.0 / 3])
        #expect(Reaggregation(.min, missing: .filled(-1)).combine(series + [[]]).map(\.value) == [-1, -1, -1])
    }

    @Test("leave out windows that too few metrics have")
    func needing() {
        #expect(Reaggregation(.sum, missing: .needing(share: 1)).combine(series) == [at(60, 12)])
        #expect(Reaggregation(.sum, missing: .needing(share: 0.3)).combine(series).count == 3)
        #expect(Reaggregation(.sum, missing: .needing(share: 1)).combine([]) == [])
    }

    @Test("are resampled by their own method, counts added up")
    func resampled() {
        let aggregates = [at(0, 1), at(60, 3), at(3_600, 5)]
        let hour = WindowWidth.fixed(.seconds(3_600))
        #expect(aggregates.resampled(.mean, to: hour) == [at(0, 2), at(3_600, 5)])
        #expect(aggregates.resampled(.rate(.max), to: hour) == [at(0, 3), at(3_600, 5)])
        #expect(aggregates.resampled(.count, to: hour) == [at(0, 4), at(3_600, 5)])
        #expect(aggregates.resampled(.sum, to: .calendar(.year)) == [at(0, 9)])
    }
}

private func at(_ second: Int64, _ value: Double) -> Aggregate { Aggregate(Instant(seconds: second), value) }
