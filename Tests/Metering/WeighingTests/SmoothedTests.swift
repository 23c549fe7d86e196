import Foundation
import Telemetry
import Testing

@testable import Weighing

/// The mean that knows about time.
@Suite struct SmoothedTests {
    private let minute = Duration.seconds(60)

    @Test("the first value counts fully, later ones by the time that passed")
    func weights() throws {
        var smoothed = Smoothed()
        #expect(smoothed.value == nil)
        smoothed.add(80, at: Instant(seconds: 0), timeConstant: minute)
        #expect(smoothed.value == 80)
        smoothed.add(20, at: Instant(seconds: 60), timeConstant: minute)
        let value = try #require(smoothed.value)
        #expect(abs(value - (20 + 60 * exp(-1))) < 1e-9)
    }

    @Test("many short steps weigh as much as one long one of the same value", arguments: [1, 7, 30, 59])
    func irregular(cut: Int) throws {
        var (one, two) = (Smoothed(), Smoothed())
        one.add(10, at: Instant(seconds: 0), timeConstant: minute)
        two.add(10, at: Instant(seconds: 0), timeConstant: minute)
        one.add(50, at: Instant(seconds: 60), timeConstant: minute)
        two.add(50, at: Instant(seconds: Int64(cut)), timeConstant: minute)
        two.add(50, at: Instant(seconds: 60), timeConstant: minute)
        let (first, second) = (try #require(one.value), try #require(two.value))
        #expect(abs(first - second) < 1e-9)
    }

    @Test("after a long silence the past counts for nothing")
    func silence() throws {
        var smoothed = Smoothed()
        smoothed.add(100, at: Instant(seconds: 0), timeConstant: minute)
        smoothed.add(5, at: Instant(seconds: 3600), timeConstant: minute)
        #expect(abs(try #require(smoothed.value) - 5) < 1e-9)
    }

    @Test("a value that is not later, or is no number, changes nothing")
    func refused() {
        var smoothed = Smoothed()
        smoothed.add(100, at: Instant(seconds: 10), timeConstant: minute)
        smoothed.add(0, at: Instant(seconds: 10), timeConstant: minute)
        smoothed.add(0, at: Instant(seconds: 9), timeConstant: minute)
        smoothed.add(.nan, at: Instant(seconds: 11), timeConstant: minute)
        #expect(smoothed.value == 100)
    }
}
