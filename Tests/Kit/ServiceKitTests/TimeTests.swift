import ServiceKit
import Synchronization
import Telemetry
import TestKit
import Testing

struct TimeTests {
    @Test("ticks keep the cadence of the start, and those that a slow body missed come as one")
    func ticks() async throws {
        let clock = ManualClock()
        var iterator = Ticker(every: .seconds(10), clock: clock).makeAsyncIterator()
        #expect(await iterator.next() == .init(number: 0, skipped: 0))
        clock.advance(by: .seconds(12))
        #expect(await iterator.next() == .init(number: 1, skipped: 0))
        clock.advance(by: .seconds(33))
        #expect(await iterator.next() == .init(number: 4, skipped: 2))
        async let next = iterator.next()
        try await eventually("the ticker sleeps") { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(4))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .seconds(1))
        #expect(await next == .init(number: 5, skipped: 0))
    }

    @Test("a cancelled task gets no further tick")
    func cancelledTicks() async throws {
        let clock = ManualClock()
        let task = Task {
            var count = 0
            for await _ in Ticker(every: .seconds(10), clock: clock) { count += 1 }
            return count
        }
        try await eventually("the first tick passed") { clock.sleeperCount == 1 }
        task.cancel()
        #expect(await task.value == 1)
    }

    @Test("jitter puts off the first tick by less than itself, and not the distance of the others")
    func jitter() async throws {
        let clock = ManualClock()
        let times = Mutex<[Duration]>([])
        let start = clock.now
        let task = Task {
            for await _ in Ticker(every: .seconds(10), jitter: .seconds(10), clock: clock) {
                times.withLock { $0.append(start.duration(to: clock.now)) }
            }
        }
        for _ in 0..<200 {
            try await eventually("the ticker sleeps") { clock.sleeperCount == 1 }
            clock.advance(by: .milliseconds(250))
        }
        task.cancel()
        await task.value
        let seen = times.withLock { $0 }
        let first = try #require(seen.first)
        #expect(first <= .seconds(10.25))
        #expect(zip(seen, seen.dropFirst()).allSatisfy { abs(($1 - $0) / .seconds(1) - 10) < 0.3 })
    }

    @Test("the wall clock is the system's")
    func wallClock() {
        let now = WallClock.system.now
        #expect(now > Instant("2026-01-01T00:00:00Z") ?? now)
        #expect(WallClock { Instant(seconds: 5) }.now == Instant(seconds: 5))
    }
}
