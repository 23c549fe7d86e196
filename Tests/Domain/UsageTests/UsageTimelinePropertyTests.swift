import Telemetry
import TestKit
import Testing

@testable import Usage

/// What holds for every set of facts, tried on random lives; the seed is the argument.
@Suite struct UsageTimelinePropertyTests {
    @Test("any order and any repetition of facts give the same intervals", arguments: 1...150)
    func orderAndRepetition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let facts = RandomLife(using: &random).facts
        let intervals = UsageTimeline(facts).intervals
        for _ in 0..<5 {
            let repeated = facts + facts.filter { _ in Bool.random(using: &random) }
            #expect(UsageTimeline(repeated.shuffled(using: &random)).intervals == intervals)
        }
    }

    @Test("intervals never overlap, never are empty, and follow one another without a gap", arguments: 1...300)
    func shape(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let life = RandomLife(using: &random)
        let intervals = UsageTimeline(life.facts.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }).intervals
        for interval in intervals {
            #expect(interval.to.map { $0 > interval.from } ?? true)
            #expect((interval.to == nil) == (interval.closedBy == nil))
            #expect(interval.from.isWholeSecond && interval.to?.isWholeSecond ?? true)
        }
        for (left, right) in zip(intervals, intervals.dropFirst()) {
            #expect(left.to == right.from && left.attributes != right.attributes && left.closedBy == right.openedBy)
        }
    }

    @Test("a whole life is billed from launch to end, state by state", arguments: 1...150)
    func whole(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let life = RandomLife(using: &random)
        #expect(UsageTimeline(life.facts).intervals.map { [$0.from, $0.to] } == life.expected)
    }

    @Test("losing any facts that audits cover loses no second of the life", arguments: 1...150)
    func repair(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let life = RandomLife(using: &random)
        let kept = life.facts.filter { $0.standing == .audit || Bool.random(using: &random) }
        let intervals = UsageTimeline(kept).intervals
        #expect(intervals.first?.from == life.expected.first?.first)
        #expect(intervals.last?.to == life.expected.last?.last)
    }

    @Test("an audit that is said to confirm leaves the intervals as they are; the audits of a quiet life are", arguments: 1...300)
    func confirmation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var facts = RandomLife(using: &random).facts.filter { _ in Int.random(in: 0..<8, using: &random) > 0 }
        for number in 0..<8 {
            guard let last = facts.max(by: { $0.generated < $1.generated }) else { return }
            let attributes = facts.randomElement(using: &random)?.attributes ?? UsageAttributes()
            let starts: [UsageFact.Start?] = facts.map(\.start) + [.presumed(last.generated), .pending, .denied, nil]
            let isQuiet = Bool.random(using: &random)
            let audit = UsageFact(
                messageID: MessageID("audit\(number)"), eventType: "exists",
                generated: last.generated + .seconds(Int64.random(in: -90...200, using: &random)),
                resourceType: .instance, resourceID: "r", standing: .audit,
                start: isQuiet ? last.start : starts.randomElement(using: &random) ?? nil,
                changed: Bool.random(using: &random) ? last.generated : nil,
                attributes: isQuiet ? last.attributes : attributes)
            let before = UsageTimeline(facts).intervals
            let after = UsageTimeline(facts + [audit]).intervals
            if let open = before.last, audit.confirms(open, after: last) {
                #expect(after == before)
            }
            facts.append(audit)
        }
    }

    @Test("an hourly audit that shows what is known confirms it, one that shows a change or an end does not")
    func hourlyAudit() throws {
        func audit(_ hour: Int64, state: ResourceState = "active", end: UsageFact.End? = nil, start: Int64 = 10) -> UsageFact {
            UsageFact(
                messageID: MessageID("audit\(hour)"), eventType: "exists", generated: Instant(seconds: hour * 3_600),
                resourceType: .instance, resourceID: "r", standing: .audit, start: .stated(Instant(seconds: start)),
                end: end, attributes: UsageAttributes(state: state))
        }
        let create = UsageFact(
            messageID: "create", eventType: "create", generated: Instant(seconds: 11), resourceType: .instance,
            resourceID: "r", standing: .observation, start: .stated(Instant(seconds: 10)),
            attributes: UsageAttributes(state: "active"))
        let open = try #require(UsageTimeline([create, audit(1)]).intervals.last)
        #expect(audit(2).confirms(open, after: audit(1)))
        #expect(!audit(2).confirms(open, after: create))
        #expect(!audit(2, state: "paused").confirms(open, after: audit(1)))
        #expect(!audit(2, end: .passed).confirms(open, after: audit(1)))
        #expect(!audit(2, start: 9).confirms(open, after: audit(1)))
        #expect(!audit(1).confirms(open, after: audit(2)))
    }

    @Test("nonsense in, no crash: random facts of every kind", arguments: 1...50)
    func nonsense(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let times = [Int64.min, .min + 1, -1, 0, 1, 1_999_999_999, .max - 1, .max].map { Instant(nanoseconds: $0) }
        func time() -> Instant { times[Int.random(in: 0..<times.count, using: &random)] }
        let facts = (0..<20).map { number in
            let starts: [UsageFact.Start?] = [nil, .stated(time()), .presumed(time()), .pending, .denied]
            let ends: [UsageFact.End?] = [nil, nil, .stated(time()), .noticed(time()), .passed]
            return UsageFact(
                messageID: MessageID("\(number)"), eventType: "e", generated: time(), resourceType: .volume,
                resourceID: "r", standing: UsageFact.Standing.allCases[number % 3],
                start: starts[Int.random(in: 0..<starts.count, using: &random)],
                end: ends[Int.random(in: 0..<ends.count, using: &random)], changed: time(),
                attributes: UsageAttributes(state: ResourceState("\(number % 4)")))
        }
        let intervals = UsageTimeline(facts).intervals
        #expect(UsageTimeline(facts.shuffled(using: &random)).intervals == intervals)
        #expect(zip(intervals, intervals.dropFirst()).allSatisfy { $0.to == $1.from })
    }
}

/// A server's life of random operations, told the way Nova does: an update and an end for each, and audits at the end.
struct RandomLife {
    private(set) var facts: [UsageFact] = []
    /// The begin and the end of each interval.
    private(set) var expected: [[Instant?]] = []

    init(using random: inout SeededGenerator) {
        var now: Int64 = 1_000 + Int64.random(in: 0...5, using: &random)
        let launch = Instant(seconds: now)
        var lastLaunch = launch
        var state = "active"
        var from = launch
        tell(now, "create.end", .stated(launch), state: state, isLandmark: true)
        for number in 0..<Int.random(in: 0...12, using: &random) {
            now += Int64.random(in: 1...400, using: &random)
            let next = ["active", "stopped", "paused", "shelved", "error"][Int.random(in: 0..<5, using: &random)]
            if next == "active" { lastLaunch = Instant(seconds: now) }
            tell(now, "op\(number).start", .stated(lastLaunch), state: state, standing: .report)
            tell(now, "update\(number)", .stated(lastLaunch), state: next)
            tell(now, "op\(number).end", .stated(lastLaunch), state: next)
            guard next != state else { continue }
            expected.append([from, Instant(seconds: now)])
            (from, state) = (Instant(seconds: now), next)
        }
        // The first audit comes before the launch is moved for the second time, as Nova's own does before a rebuild.
        tell(now + 100, "exists.a", .stated(launch), state: state, standing: .audit)
        guard Bool.random(using: &random) else {
            expected.append([from, nil])
            return
        }
        now += 1_000
        let end = Instant(seconds: now)
        tell(now, "delete.start", .stated(lastLaunch), state: state, standing: .report)
        tell(now + 2, "delete.end", .stated(lastLaunch), end: .stated(end), standing: .report, isLandmark: true)
        tell(now + 900, "exists.b", .stated(lastLaunch), end: .stated(end), standing: .audit)
        expected.append([from, end])
    }

    private mutating func tell(
        _ second: Int64, _ event: String, _ start: UsageFact.Start, end: UsageFact.End? = nil, state: String? = nil,
        standing: UsageFact.Standing = .observation, isLandmark: Bool = false
    ) {
        facts.append(
            UsageFact(
                messageID: MessageID("\(facts.count)-\(event)"), eventType: event, generated: Instant(seconds: second),
                resourceType: .instance, resourceID: "r", standing: standing, isLandmark: isLandmark, start: start,
                end: end, attributes: UsageAttributes(state: state.map { ResourceState($0) })))
    }
}
