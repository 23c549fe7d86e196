import Telemetry
import Testing

@testable import Usage

/// The rules of `docs/specs/usage.md`, each as a small story.
@Suite struct UsageTimelineTests {
    @Test("stories and what they are billed", arguments: Story.all)
    func story(_ story: Story) {
        #expect(UsageTimeline(story.facts).intervals.map(\.brief) == story.billed, "\(story.title)")
    }

    @Test("each boundary names the events that made it")
    func causes() {
        let intervals = UsageTimeline([
            .of(5, "create.end", start: .stated(4), state: "active"),
            .of(20, "pause.end", start: .stated(4), state: "paused"),
            .of(32, "delete.end", .report, start: .stated(4), end: .stated(30), isLandmark: true),
        ]).intervals
        #expect(intervals.map(\.openedBy) == ["5-create.end", "20-pause.end"])
        #expect(intervals.map(\.closedBy) == ["20-pause.end", "32-delete.end"])
        #expect(intervals.allSatisfy { !$0.isAudited })
    }

    @Test("an interval whose end only an audit knows is marked; the event itself takes the mark away")
    func marks() {
        var facts: [UsageFact] = [
            .of(5, "create.end", start: .stated(4), state: "active"),
            .of(400, "exists", .audit, start: .stated(4), end: .stated(30)),
        ]
        #expect(UsageTimeline(facts).intervals.map(\.isAudited) == [true])
        facts.append(.of(31, "delete.end", .report, start: .stated(4), end: .stated(30), isLandmark: true))
        #expect(UsageTimeline(facts).intervals.map(\.isAudited) == [false])
        #expect(UsageTimeline(facts).intervals.map(\.closedBy) == ["31-delete.end"])
    }

    @Test("a fraction that the database cut or rounded away does not matter", arguments: [56, 57])
    func fractions(kept: Int64) {
        let intervals = UsageTimeline([
            .of(58, "create.end", start: .stated(Instant(milliseconds: 56_833)), state: "active"),
            .of(500, "exists", .audit, start: .stated(Instant(seconds: kept)), state: "active"),
        ]).intervals
        #expect(intervals.map(\.from) == [Instant(seconds: kept)])
    }

    @Test("no facts, no intervals")
    func nothing() {
        #expect(UsageTimeline([]).intervals.isEmpty)
    }
}

struct Story: Sendable, CustomTestStringConvertible {
    let title: String
    let facts: [UsageFact]
    /// `from-to state`, a dash alone for an open end.
    let billed: [String]

    var testDescription: String { title }

    static let all: [Story] = [
        Story(
            title: "a life from launch to termination, not from request to notification",
            facts: [
                .of(1, "update", state: "building"), .of(12, "create.end", start: .stated(10), state: "active"),
                .of(25, "delete.end", .report, start: .stated(10), end: .stated(20)),
            ], billed: ["10-20 active"]),
        Story(
            title: "a failed boot bills nothing",
            facts: [.of(1, "update", state: "building"), .of(9, "create.error", .report, state: "error")], billed: []),
        Story(
            title: "a failed boot that is deleted bills nothing",
            facts: [
                .of(1, "update", state: "building"), .of(9, "update", state: "error"),
                .of(12, "delete.end", .report, end: .stated(11)),
            ], billed: []),
        Story(
            title: "a rebuild moves the launch forward, and the bill runs on",
            facts: [
                .of(11, "create.end", start: .stated(10), state: "active"),
                .of(21, "rebuild.end", start: .stated(20), state: "active"),
                .of(31, "delete.end", .report, start: .stated(20), end: .stated(30)),
            ], billed: ["10-30 active"]),
        Story(
            title: "stopped and started",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(15, "power_off.end", start: .stated(10), state: "stopped"),
                .of(18, "power_on.end", start: .stated(10), state: "active"),
            ], billed: ["10-15 active", "15-18 stopped", "18- active"]),
        Story(
            title: "softly deleted, restored, deleted",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(20, "soft_delete.end", start: .stated(10), state: "soft-delete"),
                .of(30, "restore.end", start: .stated(10), state: "active"),
                .of(40, "delete.end", .report, start: .stated(10), end: .stated(39)),
            ], billed: ["10-20 active", "20-30 soft-delete", "30-39 active"]),
        Story(
            title: "shelved, offloaded, unshelved",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(20, "shelve.end", start: .stated(10), state: "shelved"),
                .of(22, "shelve_offload.end", start: .stated(10), state: "shelved_offloaded"),
                .of(40, "unshelve.end", start: .stated(39), state: "active"),
            ], billed: ["10-20 active", "20-22 shelved", "22-40 shelved_offloaded", "40- active"]),
        Story(
            title: "of two changes within a second the later one counts",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(Instant(milliseconds: 20_100), "pause.end", start: .stated(10), state: "paused"),
                .of(Instant(milliseconds: 20_700), "unpause.end", start: .stated(10), state: "active"),
                .of(Instant(milliseconds: 30_100), "pause.end", start: .stated(10), state: "paused"),
                .of(Instant(milliseconds: 30_700), "suspend.end", start: .stated(10), state: "suspended"),
            ], billed: ["10-30 active", "30- suspended"]),
        Story(
            title: "a report does not contradict what was observed",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(20, "update", start: .stated(10), state: "error"),
                .of(25, "shutdown.end", .report, start: .stated(10), state: "active"),
            ], billed: ["10-20 active", "20- error"]),
        Story(
            title: "missing start: the first observation holds back to the stated launch",
            facts: [.of(50, "power_off.end", start: .stated(10), state: "stopped")], billed: ["10- stopped"]),
        Story(
            title: "missing end: billed on, until an audit tells",
            facts: [.of(10, "create.end", start: .stated(10), state: "active")], billed: ["10- active"]),
        Story(
            title: "missing end, known only to have passed: billed to the last sign of life",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "available"),
                .of(30, "update.end", start: .stated(10), state: "available"),
                .of(900, "exists", .audit, start: .stated(10), end: .passed),
            ], billed: ["10-30 available"]),
        Story(
            title: "an audit shows a change whose event was lost, dated by the last launch",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(500, "exists", .audit, start: .stated(200), changed: 200, state: "resized"),
            ], billed: ["10-200 active", "200- resized"]),
        Story(
            title: "an audit shows a change of unknown time, dated by the audit",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(500, "exists", .audit, start: .stated(10), changed: 10, state: "stopped"),
            ], billed: ["10-500 active", "500- stopped"]),
        Story(
            title: "an audit that may be older than the last observation does not contradict it",
            facts: [
                .of(10, "create.end", start: .stated(10), state: "active"),
                .of(480, "power_off.end", start: .stated(10), state: "stopped"),
                .of(500, "exists", .audit, start: .stated(10), state: "active"),
            ], billed: ["10-480 active", "480- stopped"]),
        Story(
            title: "a volume that failed to be made bills nothing, though it is deleted later",
            facts: [
                .of(10, "create.start", .report, start: .pending, state: "creating"),
                .of(20, "delete.start", .report, start: .denied, state: "error"),
                .of(21, "delete.end", .report, start: .denied, end: .noticed(21)),
            ], billed: []),
        Story(
            title: "nothing but a deletion: billed from the creation that it names",
            facts: [.of(21, "delete.end", .report, start: .presumed(5), end: .noticed(21))], billed: ["5-21 "]),
        Story(
            title: "made and deleted, never seen usable: not billed",
            facts: [
                .of(5, "create.start", .report, start: .pending),
                .of(21, "delete.end", .report, start: .presumed(5), end: .noticed(21)),
            ], billed: []),
        Story(
            title: "made and deleted, never seen usable, but known to an audit: billed",
            facts: [
                .of(5, "create.start", .report, start: .pending),
                .of(21, "delete.end", .report, start: .presumed(5), end: .noticed(21)),
                .of(90, "create.end", .audit, start: .presumed(5), end: .passed),
            ], billed: ["5-21 "]),
        Story(
            title: "a row that only audits know, and only as deleted, is not billed",
            facts: [
                .of(90, "exists", .audit, start: .presumed(5), end: .passed),
                .of(91, "delete.end", .audit, start: .presumed(5), end: .stated(21)),
            ], billed: []),
        Story(
            title: "the service's own time of the end wins over the notification's",
            facts: [
                .of(5, "create.end", start: .stated(5), state: "available"),
                .of(31, "delete.end", .report, start: .stated(5), end: .noticed(31)),
                .of(90, "delete.end", .audit, start: .presumed(5), end: .stated(30)),
            ], billed: ["5-30 available"]),
        Story(
            title: "an end before the start bills nothing",
            facts: [.of(30, "delete.end", .report, start: .stated(20), end: .stated(10))], billed: []),
    ]
}

extension UsageInterval {
    fileprivate var brief: String {
        "\(from.wholeSeconds)-\(to.map { String($0.wholeSeconds) } ?? "") \(attributes.state?.text ?? "")"
    }
}

extension UsageFact {
    /// A fact about one server, its message id made of its time and event.
    static func of(
        _ generated: Instant, _ event: String, _ standing: Standing = .observation, start: Start? = nil,
        end: End? = nil,
        isLandmark: Bool = false, changed: Instant? = nil, state: ResourceState? = nil
    ) -> UsageFact {
        UsageFact(
            messageID: MessageID("\(generated.wholeSeconds)-\(event)"), eventType: "compute.instance.\(event)",
            generated: generated, resourceType: .instance, resourceID: "server", standing: standing,
            isLandmark: isLandmark, start: start, end: end, changed: changed, attributes: UsageAttributes(state: state))
    }
}

extension Instant: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self.init(seconds: value) }
}
